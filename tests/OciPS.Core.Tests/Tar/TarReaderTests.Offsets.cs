// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed partial class TarReaderTests
{
    [PeerTheory("tar", "truncate")]
    [InlineData("gnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.1")]
    [InlineData("posix", "--sparse-version=1.0")]
    public async Task ReadAsync_ItsOffsets_AreThoseOfWholeEntries(string format, string option)
    {
        byte[] archive = PackVaried(format, option);

        await ExpectWholeEntriesAsync(archive, gap: 0);
    }

    [PeerTheory("python3", "tar")]
    [InlineData("ustar")]
    [InlineData("gnu")]
    [InlineData("pax")]
    public async Task ReadAsync_OffsetsInPythonsFormats_AreThoseOfWholeEntries(string format)
    {
        byte[] archive = Tool.Run("python3", "-c", MakeWithPython, format);

        await ExpectWholeEntriesAsync(archive, gap: 0);
    }

    [PeerFact("tar", "setfattr", "setcap", Tool.Root)]
    public async Task ReadAsync_OffsetsWithAttributes_AreThoseOfWholeEntries()
    {
        using TemporaryFolder folder = Make($"""
            printf x > capable; setcap cap_net_raw+ep capable
            printf x > {new string('n', 200)}; setfattr -n user.x -v y {new string('n', 200)}
            printf x > last
            """);
        byte[] archive = Pack(folder, "posix", "--xattrs", "--xattrs-include=*", "capable", new string('n', 200), "last");

        await ExpectWholeEntriesAsync(archive, gap: 0);
    }

    // A global header belongs to no entry: it stays when entries go.
    [PeerFact("git", "tar")]
    public async Task ReadAsync_OffsetsBehindAGlobalHeader_LeaveItOut()
    {
        using TemporaryFolder folder = Make($"""
            git init -q . && git config user.name t && git config user.email t@example.com
            printf x > one; printf y > {new string('t', 150)}; git add -A && git -c commit.gpgsign=false commit -q -m first
            """);

        await ExpectWholeEntriesAsync(Tool.RunIn(folder.Path, "git", "archive", "--format=tar", "HEAD"), gap: 1024);
    }

    [PeerFact("tar")]
    public async Task ReadAsync_GlobalHeaderBetweenEntries_BelongsToNone()
    {
        byte[] archive = new TarBuilder()
            .Add("a", s_file).Global(("comment", new string('x', 600))).Pax(("path", "b")).Add("x", s_file).Global(("comment", "y"))
            .Add("c")
            .ToBytes();

        List<TarEntry> entries = await ExpectWholeEntriesAsync(archive, gap: 512 + 1024 + 1024);

        Assert.Equal([0, 512 + 1024 + 512 + 1024], entries.Take(2).Select(entry => entry.Start));
    }

    [PeerFact("tar")]
    public async Task ReadAsync_ContentOfTheStatedRange_IsTheFile()
    {
        using TemporaryFolder folder = Make("seq 1 5000 > a; printf x > b; : > c; head -c 512 /dev/zero | tr '\\0' d > d");
        byte[] archive = Pack(folder, "gnu", "a", "b", "c", "d");

        foreach (TarEntry entry in await TarItem.ReadEntriesAsync(new MemoryStream(archive)))
        {
            byte[] content = archive.AsSpan((int)entry.ContentStart, (int)entry.StoredSize).ToArray();
            Assert.Equal(Sample.Hash(File.ReadAllBytes(folder[entry.Name])), Sample.Hash(content));
        }
    }

    [PeerFact("tar")]
    public async Task OpenContent_OfAnEntryThatWasPassedOver_Throws()
    {
        using TemporaryFolder folder = Make("printf first > a; printf second > b");
        using var reader = new TarReader(new MemoryStream(Pack(folder, "gnu", "a", "b")), "The layer");
        Assert.Throws<InvalidOperationException>(reader.OpenContent);
        await reader.ReadAsync(CancellationToken.None);
        Stream content = reader.OpenContent();
        await reader.ReadAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => content.ReadAsync(new byte[10]).AsTask());
        Assert.Throws<InvalidOperationException>(() => content.ReadExactly(new byte[1]));
        Assert.Equal("second", Json.Text((await Reading.FromAsync(reader.OpenContent())).Bytes));

        await reader.ReadAsync(CancellationToken.None);
        Assert.Throws<InvalidOperationException>(reader.OpenContent);
    }

    /// <summary>Takes entries out one by one, and has GNU tar say what is left.</summary>
    private static async Task<List<TarEntry>> ExpectWholeEntriesAsync(byte[] archive, long gap)
    {
        List<TarEntry> entries = await TarItem.ReadEntriesAsync(new OneByteStream(archive));
        string[] names = TarPeer.GnuNames(archive);
        Assert.Equal(names.Length, entries.Count);

        long position = 0;
        using var rebuilt = new MemoryStream();
        for (int i = 0; i < entries.Count; i++)
        {
            TarEntry entry = entries[i];
            Assert.True(entry.Start >= position && entry.ContentStart > entry.Start && entry.End >= entry.ContentStart + entry.StoredSize);
            gap -= entry.Start - position;
            rebuilt.Write(archive, (int)position, (int)(entry.Start - position));
            rebuilt.Write(archive, (int)entry.Start, (int)(entry.End - entry.Start));
            position = entry.End;

            byte[] without = [.. archive.AsSpan(0, (int)entry.Start), .. archive.AsSpan((int)entry.End)];
            Assert.Equal(names.Where((_, index) => index != i), TarPeer.GnuNames(without));
        }

        Assert.Equal(0, gap);
        Assert.True(archive.AsSpan((int)position).IndexOfAnyExcept((byte)0) < 0 && archive.Length - position >= 1024);
        rebuilt.Write(archive, (int)position, archive.Length - (int)position);
        Assert.Equal(Sample.Hash(archive), Sample.Hash(rebuilt.ToArray()));
        return entries;
    }
}
