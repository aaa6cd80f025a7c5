// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

/// <summary>Renamed and relinked headers are read by GNU tar and Python, and are otherwise what they were.</summary>
public sealed class EntryHeadersTests
{
    private const string Script =
        """
        long=$(printf 'a%.0s' $(seq 1 120)); mkdir -p $(printf 'p%.0s' $(seq 1 90)); deep=$(printf 'p%.0s' $(seq 1 90))/$(printf 'q%.0s' $(seq 1 60))
        printf short > short; printf long > $long; printf deep > $deep; printf é > café
        ln short to-short; ln $long to-long; ln short $long-hard; ln $long $long-hard-to-long
        chown 12:34 short; chmod 4711 short; touch -d '2001-02-03 04:05:06' short $long
        """;

    private const string UstarScript =
        """
        deep=$(printf 'p%.0s' $(seq 1 90))/$(printf 'q%.0s' $(seq 1 60)); mkdir $(printf 'p%.0s' $(seq 1 90)); printf deep > $deep
        printf short > short; printf other > other; ln short to-short; ln short to-short-2; ln other to-other; chmod 4711 short
        """;

    private static readonly int[] s_lengths = [1, 99, 100, 101, 155, 256, 300, 3000];

    public static TheoryData<string> Formats => ["oldgnu", "gnu", "ustar", "posix", "posix xattr"];

    [PeerTheory("tar", "python3", "setfattr")]
    [MemberData(nameof(Formats))]
    public async Task Rename_EachFile_IsReadByOthersAndKeepsAllElse(string format) =>
        await ExpectEdited(
            format, TarEntryType.File, (headers, name) => headers.Rename(name, PaxRecords.Empty), (line, name) => Fields(line, name: name));

    [PeerTheory("tar", "python3", "setfattr")]
    [MemberData(nameof(Formats))]
    public async Task Relink_EachLink_IsReadByOthersAndKeepsAllElse(string format) =>
        await ExpectEdited(
            format,
            TarEntryType.HardLink,
            (headers, name) => headers.Relink(name, PaxRecords.Empty),
            (line, name) => Fields(line, link: name));

    [PeerTheory("python3")]
    [InlineData("path")]
    [InlineData("linkpath")]
    public async Task Edit_UnderAGlobalRecordOfTheSameKey_CountsMoreThanThat(string key)
    {
        byte[] tar = new TarBuilder().Global((key, "global")).Add("link", [], '1', "target").ToBytes();
        TarEntry entry = (await TarDump.Read(tar))[0].Entry;
        EntryHeaders headers = EntryHeaders.Parse(tar.AsSpan((int)entry.Start, (int)(entry.ContentStart - entry.Start)));
        Assert.Equal("link", headers.NameUnder(entry.Global));

        headers.Rename("new", entry.Global);
        headers.Relink("other", entry.Global);

        byte[] edited = [.. tar[..(int)entry.Start], .. headers.ToBytes(), .. tar[(int)entry.End..]];
        TarEntry after = (await TarDump.Read(edited))[0].Entry;
        Assert.Equal(("new", "other"), (after.Name, after.LinkTarget));
        Assert.Equal(TarDump.Python(edited), await TarDump.Ours(edited));
    }

    [PeerTheory("tar", "python3")]
    [InlineData("--format=gnu")]
    [InlineData("--format=oldgnu")]
    [InlineData("--format=posix", "--sparse-version=0.0")]
    [InlineData("--format=posix", "--sparse-version=0.1")]
    [InlineData("--format=posix", "--sparse-version=1.0")]
    public async Task Rename_SparseFile_IsStillSparseAndReadByOthers(params string[] options)
    {
        using var folder = new TemporaryFolder();
        Tool.Shell(folder.Path, "for i in 1 2 3 4 5 6 7 8 9; do truncate -s +100k s; printf $i >> s; done; printf x > z");
        byte[] content = File.ReadAllBytes(folder["s"]);
        byte[] tar = Tool.RunIn(folder.Path, "tar", ["-Scf", "-", .. options, "s", "z"]);
        TarEntry entry = (await TarDump.Read(tar))[0].Entry;
        string[] names = s_lengths.Where(length => length <= 256).Select(length => GetName(length)).ToArray();
        byte[] renamed = [.. names.SelectMany(
            name => Edit(tar, entry, headers => headers.Rename(name, PaxRecords.Empty))), .. tar[(int)entry.End..]];
        string[] seen = TarDump.Python(renamed);

        Assert.Equal([.. names, "z"], TarDump.List(renamed));
        Assert.Equal(seen, await TarDump.Ours(renamed));
        Assert.All(seen[..^1], line => Assert.Equal(Sample.Hash(content), line.Split('|')[8]));
        Assert.Equal(content, TarDump.GnuTar(renamed, "-xOf", names[^1]));
        Assert.True(renamed.Length < content.Length * names.Length / 4);
    }

    [PeerTheory("tar", "setfattr")]
    [MemberData(nameof(Formats))]
    public async Task ToBytes_NothingChanged_IsReadAsBefore(string format)
    {
        byte[] tar = Make(format);
        byte[] same = [.. (await TarDump.Read(tar)).SelectMany(found => Edit(tar, found.Entry, _ => { })), .. TarBlocks.End];

        Assert.Equal(TarDump.ListVerbose(tar), TarDump.ListVerbose(same));
    }

    [PeerFact("tar", "setfattr")]
    public async Task Rename_FileWithAttributes_KeepsThem()
    {
        byte[] tar = Make("posix xattr");
        TarEntry entry = (await TarDump.Read(tar))
            .First(found => found.Entry is { Type: TarEntryType.File } && (found.Entry.Mode & 0x800) != 0).Entry;
        byte[] renamed = Edit(tar, entry, headers => headers.Rename(GetName(200), PaxRecords.Empty));

        string listed = Encoding.UTF8.GetString(TarDump.GnuTar(renamed, "-tvvf", "--xattrs"));

        Assert.Contains("user.note", listed, StringComparison.Ordinal);
        Assert.Equal(1, GetCount(Encoding.Latin1.GetString(renamed), "SCHILY.xattr.user.note=hello"));
    }

    [PeerFact("python3")]
    public async Task AddInherited_GlobalRecords_GoWithTheEntryButNotItsOwnOnes()
    {
        byte[] global = TarBlocks.Entry("g", 'g', Encoding.UTF8.GetBytes(string.Concat(
            new[] { "uid=77", "gid=88", "path=wrong", "comment=x", "SCHILY.xattr.user.k=v" }.Select(TarBlocks.Record))));
        byte[] tar = [.. global, .. TarBlocks.Pax("path=right", "gid=99"), .. TarBlocks.Entry("x"), .. TarBlocks.End];
        TarEntry entry = (await TarDump.Read(tar))[0].Entry;
        var headers = EntryHeaders.Parse(tar.AsSpan((int)entry.Start..(int)entry.ContentStart));
        headers.AddInherited(entry.Global);
        byte[] alone = [.. headers.ToBytes(), .. TarBlocks.End];

        string[] fields = Assert.Single(TarDump.Python(alone)).Split('|');

        Assert.Equal(["right", "77", "99"], [Encoding.UTF8.GetString(Convert.FromHexString(fields[0])), fields[4], fields[5]]);
        Assert.Contains("SCHILY.xattr.user.k=v", Encoding.UTF8.GetString(alone), StringComparison.Ordinal);
        Assert.DoesNotContain("comment", Encoding.UTF8.GetString(alone), StringComparison.Ordinal);
    }

    [PeerTheory("tar")]
    [InlineData("gnu")]
    [InlineData("posix")]
    public async Task Rename_NameThatIsNotUtf8_KeepsItsBytes(string format)
    {
        using var folder = new TemporaryFolder();
        Tool.Shell(folder.Path, "printf x > a");
        byte[] tar = Tool.RunIn(folder.Path, "tar", "-cf", "-", $"--format={format}", "a");
        TarEntry entry = (await TarDump.Read(tar))[0].Entry;
        foreach (int length in new[] { 5, 150 })
        {
            byte[] name = [.. Encoding.ASCII.GetBytes(new string('n', length - 1)), 0xE9];
            byte[] renamed = Edit(tar, entry, headers => headers.Rename(TarText.Decode(name), PaxRecords.Empty));

            Assert.Equal([.. name, (byte)'\n'], TarDump.GnuTar(renamed, "-tf", "--quoting-style=literal"));
        }
    }

    private static byte[] Make(string format)
    {
        using var folder = new TemporaryFolder();
        bool withAttributes = format == "posix xattr";
        string script = format == "ustar" ? UstarScript : Script;
        Tool.Shell(folder.Path, script + (withAttributes ? "\nsetfattr -n user.note -v hello short" : string.Empty));
        return Tool.RunIn(
            folder.Path, "tar", ["-cf", "-", $"--format={format.Split(' ')[0]}", "--sort=name", .. withAttributes
                ? ["--xattrs"]
                : Array.Empty<string>(), "--transform=s,^\\./,,", "."]);
    }

    /// <summary>Edits each entry of a type in turn, with a name of each length, into one archive that others read.</summary>
    private static async Task ExpectEdited(
        string format, TarEntryType type, Action<EntryHeaders, string> edit, Func<string, string, string> expected)
    {
        byte[] tar = Make(format);
        string[] before = TarDump.Python(tar);
        byte[] behind = TarBlocks.Entry("behind", content: "behind"u8);
        var edited = new List<byte>();
        var lines = new List<string>();
        var names = new List<string>();
        foreach ((TarEntry entry, _) in (await TarDump.Read(tar)).Where(found => found.Entry.Type == type))
        {
            foreach (string name in s_lengths.Select(length => GetName(length)))
            {
                edited.AddRange(Edit(tar, entry, headers => edit(headers, name)));
                edited.AddRange(behind);
                lines.Add(expected(before[entry.Ordinal], name));
                names.Add(name);
            }
        }

        byte[] result = [.. edited, .. TarBlocks.End];
        string[] after = TarDump.Python(result);
        string[] listed = TarDump.ListVerbose(result);

        Assert.True(names.Count >= s_lengths.Length * 3);
        Assert.Equal(lines, after.Where((_, index) => index % 2 == 0).Select(line => Fields(line)));
        Assert.All(
            after.Where((_, index) => index % 2 == 1), line => Assert.StartsWith("626568696e64|File|6|", line, StringComparison.Ordinal));
        Assert.All(names, (name, index) => Assert.EndsWith(" " + name, listed[index * 2], StringComparison.Ordinal));
        Assert.Equal(after, await TarDump.Ours(result));
    }

    /// <summary>The entry's bytes with its headers changed.</summary>
    private static byte[] Edit(byte[] tar, TarEntry entry, Action<EntryHeaders> edit)
    {
        var headers = EntryHeaders.Parse(tar.AsSpan((int)entry.Start..(int)entry.ContentStart));
        edit(headers);
        return [.. headers.ToBytes(), .. tar[(int)entry.ContentStart..(int)entry.End]];
    }

    private static string GetName(int length) =>
        new(Enumerable.Range(0, length).Select(i => i % 50 == 40 && i < length - 1 ? '/' : (char)('a' + (i % 26))).ToArray());

    /// <summary>All of Python's line but the offsets, with another name or link.</summary>
    private static string Fields(string line, string? name = null, string? link = null)
    {
        string[] fields = line.Split('|');
        fields[0] = name is null ? fields[0] : Convert.ToHexStringLower(Encoding.UTF8.GetBytes(name));
        fields[7] = link is null ? fields[7] : Convert.ToHexStringLower(Encoding.UTF8.GetBytes(link));
        return string.Join('|', fields[..9]);
    }

    private static int GetCount(string text, string part) => text.Split(part).Length - 1;
}
