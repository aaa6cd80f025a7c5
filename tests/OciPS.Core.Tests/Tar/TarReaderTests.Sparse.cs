// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed partial class TarReaderTests
{
    // Files by the number of their segments, which begin and end where they like, and some shapes at the edges.
    private const string SparseTree = """
        import os
        def write(name, size, segments):
            with open(name, 'wb') as file:
                for index, (offset, length) in enumerate(segments):
                    file.seek(offset)
                    file.write(bytes((index * 7 + position) % 255 + 1 for position in range(length)))
                file.truncate(size)
        for count in (1, 2, 4, 5, 6, 24, 25, 26, 27, 46, 47, 70):
            write('s%03d' % count, count * 4096 + 777, [(i * 4096 + 1024 + i % 3, 700 + i) for i in range(count)])
        write('all-hole', 50000, [])
        write('hole-first', 40960 + 100, [(40960, 100)])
        write('hole-last', 60000, [(0, 100)])
        write('tail-in-block', 20480, [(20480 - 1, 1)])
        write('plain', 1000, [(0, 1000)])
        """;

    [PeerTheory("tar", "python3")]
    [InlineData("gnu", "--sparse")]
    [InlineData("oldgnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.0")]
    [InlineData("posix", "--sparse-version=0.1")]
    [InlineData("posix", "--sparse-version=1.0")]
    public async Task ReadAsync_SparseFiles_ComeOutWithTheirHoles(string format, string option)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["tree"]);
        Tool.RunIn(folder["tree"], "python3", "-c", SparseTree);
        byte[] archive = Pack(folder, format, "--sparse", option, "--hole-detection=raw", "tree");

        IReadOnlyList<TarItem> items = await ExpectAsOthersAsync(archive);

        // The original files are the judge of Python as well.
        foreach (string file in Directory.GetFiles(folder["tree"]))
        {
            byte[] original = File.ReadAllBytes(file);
            TarItem item = items.Single(item => item.Name == Hex("tree/" + Path.GetFileName(file)));
            Assert.Equal((Path.GetFileName(file), original.Length, Sample.Hash(original)), (Path.GetFileName(file), item.Size, item.Hash));
        }

        List<TarEntry> entries = await TarItem.ReadEntriesAsync(new MemoryStream(archive));
        Assert.Equal(16, entries.Count(entry => entry.Sparse is not null));
        Assert.Null(entries.Single(entry => entry.Name == "tree/plain").Sparse);
        Assert.True(entries.Single(entry => entry.Name == "tree/s070").Sparse!.Parts.Count is >= 70 and <= 71);
        Assert.Equal(option.EndsWith("1.0", StringComparison.Ordinal) ? 16 : 0, entries.Count(entry => entry.MapLength > 0));
        Assert.All(entries, entry => Assert.Equal(entry.Type == TarEntryType.Directory, entry.Name == "tree"));
    }

    // Python takes the name that stands in for the real one here in format 0.1.
    [PeerTheory("tar", "truncate")]
    [InlineData("gnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.0")]
    [InlineData("posix", "--sparse-version=0.1")]
    [InlineData("posix", "--sparse-version=1.0")]
    public async Task ReadAsync_SparseFileWithALongName_HasItsName(string format, string option)
    {
        string name = new('n', 120);
        using TemporaryFolder folder = Make(
            $"truncate -s 30000 {name}; printf content | dd of={name} conv=notrunc status=none bs=1 seek=10000");
        byte[] archive = Pack(folder, format, "--sparse", option, "--hole-detection=raw", name);

        IReadOnlyList<TarItem> items = await TarItem.ReadAsync(archive);

        TarPeer.ExpectAsGnu(archive, items);
        TarItem item = Assert.Single(items);
        Assert.Equal(Hex(name), item.Name);
        Assert.Equal(Sample.Hash(File.ReadAllBytes(folder[name])), item.Hash);
    }

    [PeerTheory("tar", "truncate")]
    [InlineData("gnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.0")]
    [InlineData("posix", "--sparse-version=0.1")]
    [InlineData("posix", "--sparse-version=1.0")]
    public async Task ReadAsync_SparseFileOfMoreThan8GiB_HasItsMap(string format, string option)
    {
        using TemporaryFolder folder = Make("""
            truncate -s 9G large
            printf begin | dd of=large conv=notrunc status=none
            printf end | dd of=large conv=notrunc status=none bs=1M seek=9000
            printf x > next
            """);
        byte[] archive = Pack(folder, format, "--sparse", option, "--hole-detection=seek", "large", "next");

        List<TarEntry> entries = await TarItem.ReadEntriesAsync(new OneByteStream(archive));

        Assert.Equal(["large", "next"], entries.Select(entry => entry.Name));
        Assert.Equal(9L << 30, entries[0].Size);
        Assert.Equal([0, 9000L << 20], entries[0].Sparse!.Parts.Where(part => part.Length > 0).Select(part => part.Offset));
        Assert.True(entries[0].StoredSize < 1 << 20);
    }

    [PeerFact("tar")]
    public async Task OpenContent_SparseFile_StandsWhereItWasRead()
    {
        using TemporaryFolder folder = Make("""
            truncate -s 100000 sparse
            printf first | dd of=sparse conv=notrunc status=none bs=1 seek=20480
            printf second | dd of=sparse conv=notrunc status=none bs=1 seek=51200
            """);
        byte[] original = File.ReadAllBytes(folder["sparse"]);
        byte[] archive = Pack(folder, "posix", "--sparse", "--hole-detection=raw", "sparse");
        using var reader = new TarReader(new OneByteStream(archive), "The layer");
        await reader.ReadAsync(CancellationToken.None);
        Stream content = reader.OpenContent();
        byte[] read = new byte[original.Length];

        int position = 0;
        for (int wanted = 1; position < read.Length; wanted = (wanted * 3 % 5000) + 1)
        {
            int count = content.Read(read.AsSpan(position, Math.Min(wanted, read.Length - position)));
            Assert.True(count > 0);
            position += count;
        }

        Assert.Equal(0, content.Read(new byte[10]));
        Assert.Equal(original, read);
    }
}
