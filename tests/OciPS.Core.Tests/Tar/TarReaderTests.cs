// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Tar;

/// <summary>Archives by GNU tar. Python's, sparse files, damage and offsets are in the other parts.</summary>
public sealed partial class TarReaderTests
{
    // What every format can hold.
    private const string Tree = """
        mkdir -p tree/dir/sub tree/empty
        printf 'hello\n' > tree/dir/file
        : > tree/dir/nothing
        head -c 511 /dev/zero | tr '\0' a > tree/dir/511
        head -c 512 /dev/zero | tr '\0' b > tree/dir/512
        head -c 513 /dev/zero | tr '\0' c > tree/dir/513
        seq 60000 > tree/dir/large
        ln tree/dir/file tree/dir/sub/hard
        ln -s ../file tree/dir/sub/soft
        ln -s nowhere tree/dangling
        printf x > tree/setuid; chmod 6755 tree/setuid
        printf x > tree/locked; chmod 0000 tree/locked
        chmod 1777 tree/empty
        printf x > "tree/a b'c\"d\\e"
        : > tree/.wh.removed
        : > tree/dir/.wh..wh..opq
        printf x > tree/größe-日本-😀
        printf x > tree/old; touch -d @1 tree/old
        find tree -exec touch -h -d '2024-05-06T07:08:09.123456789Z' {} +
        touch -d @0 tree/old
        """;

    [PeerTheory("tar", "python3")]
    [InlineData("v7")]
    [InlineData("oldgnu")]
    [InlineData("gnu")]
    [InlineData("ustar")]
    [InlineData("posix")]
    public async Task ReadAsync_GnuTarsFormats_AreReadAsOthersDo(string format)
    {
        using TemporaryFolder folder = Make(Tree);

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(Pack(folder, format, "tree"));

        Assert.Equal(20, items.Count);
        Assert.Equal(
            Sample.Hash(File.ReadAllBytes(folder["tree/dir/large"])), items.Single(item => item.Name == Hex("tree/dir/large")).Hash);
        Assert.Equal(
            ["Whiteout", "Whiteout"],
            items.Where(item => item.Name.Contains(Hex(".wh."), StringComparison.Ordinal)).Select(item => item.Type));
    }

    [PeerTheory("tar", "python3")]
    [InlineData("oldgnu", 300)]
    [InlineData("gnu", 300)]
    [InlineData("gnu", 4000)]
    [InlineData("posix", 300)]
    [InlineData("posix", 4000)]
    public async Task ReadAsync_LongNamesAndLinks_AreReadAsOthersDo(string format, int targetLength)
    {
        string deep = string.Join('/', Enumerable.Repeat(new string('d', 90), 12));
        string files = string.Join(
            '\n', new[] { 93, 94, 95, 96, 155, 156, 200, 250 }.Select(length => $"printf x > {new string('f', length)}"));
        using TemporaryFolder folder = Make($"""
            mkdir -p tree/{deep}
            cd tree
            {files}
            printf deep > {deep}/{new string('f', 200)}
            ln {deep}/{new string('f', 200)} hard
            ln -s {Slashes(targetLength, "t")} soft
            ln -s {Slashes(targetLength, "u")} {new string('l', 210)}
            ln {deep}/{new string('f', 200)} {new string('h', 220)}
            """);

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(Pack(folder, format, "tree"));

        Assert.Contains(items, item => item.Name.Length > 2 * 1000 && item.Type != "Directory");
        Assert.Contains(items, item => item.Type == "HardLink" && item.LinkTarget.Length > 2 * 100);
        Assert.Contains(items, item => item.Type == "SymbolicLink" && item.LinkTarget.Length == 2 * targetLength);
    }

    [PeerFact("tar", "python3")]
    public async Task ReadAsync_UstarPrefix_IsPutInFront()
    {
        using TemporaryFolder folder = Make($"""
            mkdir -p {new string('a', 154)} {new string('b', 80)}/{new string('c', 70)}
            printf x > {new string('a', 154)}/{new string('n', 100)}
            printf x > {new string('a', 154)}/{new string('m', 99)}
            printf x > {new string('b', 80)}/{new string('c', 70)}/name
            """);

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(Pack(
            folder,
            "ustar",
            $"{new string('a', 154)}/{new string('n', 100)}",
            $"{new string('a', 154)}/{new string('m', 99)}",
            new string('b', 80)));

        Assert.Contains(items, item => item.Name.Length == 2 * 255);
    }

    [PeerTheory("tar", "python3", "mknod", "mkfifo", Tool.Root)]
    [InlineData("oldgnu")]
    [InlineData("gnu")]
    [InlineData("ustar")]
    [InlineData("posix")]
    public async Task ReadAsync_DevicesAndPipes_AreReadAsOthersDo(string format)
    {
        using TemporaryFolder folder = Make("""
            mkdir tree
            mknod tree/null c 1 3
            mknod tree/whiteout c 0 0
            mknod tree/disk b 8 17
            mkfifo tree/pipe
            """);

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(Pack(folder, format, "tree"));

        Assert.Equal(
            ["BlockDevice", "CharacterDevice", "CharacterDevice", "Directory", "Fifo"],
            items.Select(item => item.Type).Order(StringComparer.Ordinal));
    }

    [PeerFact("tar", "python3", "setfattr", "setcap", Tool.Root)]
    public async Task ReadAsync_ExtendedAttributes_DoNotDisturb()
    {
        using TemporaryFolder folder = Make("""
            mkdir tree
            printf x > tree/binary; setfattr -n user.binary -v 0x000aff3d0a00 tree/binary
            printf y > tree/capable; chmod 755 tree/capable; setcap cap_net_bind_service+ep tree/capable
            setfattr -n user.directory -v "$(head -c 3000 /dev/zero | tr '\0' v)" tree
            setfattr -n trusted.overlay.opaque -v y tree
            """);
        byte[] archive = Pack(folder, "posix", "--xattrs", "--xattrs-include=*", "tree");

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(archive);

        Assert.True(archive.AsSpan().IndexOf("SCHILY.xattr.security.capability="u8) > 0);
        Assert.Equal(3, items.Count);
    }

    [PeerTheory("tar", "python3")]
    [InlineData("gnu")]
    [InlineData("posix")]
    public async Task ReadAsync_NamesThatAreNotUtf8_KeepTheirBytes(string format)
    {
        using TemporaryFolder folder = Make("""
            mkdir tree
            printf x > "$(printf 'tree/latin-\344\366\374')"
            printf x > "$(printf 'tree/cut-\342\202')"
            printf x > "$(printf 'tree/surrogate-\355\240\200')"
            printf x > "$(printf 'tree/mixed-\303\244\377\360\237\230\200')"
            printf x > "$(printf 'tree/line\nbreak\ttab\001\177')"
            printf x > "$(printf 'tree/%0150d-\377' 7)"
            ln -s "$(printf 'to-\377\376')" "$(printf 'tree/link-\377')"
            """);

        byte[] archive = Pack(folder, format, "tree");
        IReadOnlyList<TarItem> items = await TarPeer.ExpectAsPythonAsync(archive);

        Assert.Equal(8, items.Count);
        Assert.Contains(items, item => item.LinkTarget == "746f2dfffe");
    }

    [PeerTheory("tar", "python3")]
    [InlineData("gnu", "@-1000000000", 4294967294)]
    [InlineData("gnu", "@8589934592", 2097152)]
    [InlineData("gnu", "@-62135596800", 2097151, false)]
    [InlineData("posix", "@-1000000000", 4294967294)]
    [InlineData("posix", "@-1000000000.5", 4294967294, false)]
    [InlineData("posix", "@-0.000000001", 2097152, false)]
    [InlineData("posix", "@253402300799", 5)]
    [InlineData("posix", "@1700000000.987654321", 5)]
    public async Task ReadAsync_BigAndNegativeNumbers_AreReadAsOthersDo(string format, string time, long owner, bool gnuShowsIt = true)
    {
        using TemporaryFolder folder = Make("mkdir tree; printf x > tree/file");

        byte[] archive = Pack(folder, format, $"--mtime={time}", $"--owner=:{owner}", $"--group=:{owner}", "tree");
        IReadOnlyList<TarItem> items = await TarPeer.ExpectAsPythonAsync(archive);

        // GNU tar 1.34 prints fractions below zero as if they were above it, and years with fewer than four digits.
        if (gnuShowsIt)
        {
            TarPeer.ExpectAsGnu(archive, items);
        }

        Assert.All(items, item => Assert.Equal((owner, owner), (item.Uid, item.Gid)));
    }

    [PeerTheory("tar", "python3")]
    [InlineData("gnu")]
    [InlineData("posix")]
    public async Task ReadAsync_NamesThatExtractorsClean_AreCleaned(string format)
    {
        using TemporaryFolder folder = Make(
            "mkdir -p tree/sub; printf x > tree/sub/file; printf y > tree/file; ln -s ../file tree/sub/link");
        string[] names =
        [
            "./tree/file", ".//tree///file", "tree/sub/../file", "../" + Path.GetFileName(folder.Path) + "/tree/file",
            folder["tree/file"], "/" + folder["tree/file"], "tree/./file", "tree/sub/", "tree/sub//", "./", "tree/sub/./link",
            "tree/sub/..",
        ];

        byte[] archive = Pack(folder, format, ["--no-recursion", "--hard-dereference", "-P", .. names]);
        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(archive);

        string absolute = folder["tree/file"].TrimStart('/');
        string[] expected =
        [
            "tree/file", "tree/file", "tree/file", Path.GetFileName(folder.Path) + "/tree/file",
            absolute, absolute, "tree/file", "tree/sub", "tree/sub", "", "tree/sub/link", "tree",
        ];
        Assert.Equal(expected.Select(Hex), items.Select(item => item.Name));
        bool[] unsafeNames = (await TarItem.ReadEntriesAsync(new MemoryStream(archive))).Select(entry => entry.HasUnsafeName).ToArray();
        Assert.Equal([false, false, true, true, true, true, false, false, false, false, false, true], unsafeNames);
    }

    private static async Task<IReadOnlyList<TarItem>> ExpectAsOthersAsync(byte[] archive)
    {
        IReadOnlyList<TarItem> items = await TarPeer.ExpectAsPythonAsync(archive);
        TarPeer.ExpectAsGnu(archive, items);
        return items;
    }

    private static TemporaryFolder Make(string script)
    {
        var folder = new TemporaryFolder();
        Tool.Shell(folder.Path, script);
        return folder;
    }

    private static byte[] Pack(TemporaryFolder folder, string format, params string[] arguments) =>
        Tool.RunIn(folder.Path, "tar", [$"--format={format}", "--sort=name", "-cf", "-", .. arguments]);

    private static string Hex(string text) => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A path of that length.</summary>
    private static string Slashes(int length, string letter) =>
        string.Concat(Enumerable.Repeat(new string(letter[0], 99) + "/", (length / 100) + 1))[..(length - 1)] + letter;
}
