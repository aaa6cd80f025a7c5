// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

/// <summary>Headers that are made here, as others read them.</summary>
public sealed class TarHeaderWriterTests
{
    private const long EightGibibytes = 8L << 30;

    private const string Python = """
        import sys, tarfile
        with tarfile.open(sys.argv[1], 'r:') as tar:
            for e in tar:
                print(e.name, e.size, oct(e.mode), e.uid, e.gid, e.uname, e.gname, e.mtime, e.type.decode(), e.offset_data, sep='|')
        """;

    [PeerTheory("tar", "python3")]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(139)]
    [InlineData(300)]
    public async Task FromFile_NameOfAnyLength_IsReadByOthers(int length)
    {
        string name = "sha512:" + new string('a', length);
        name = name[..length];
        byte[] content = Encoding.ASCII.GetBytes("content");
        byte[] tar = await ArchiveAsync((name, content), ("next", []));

        IReadOnlyList<TarItem> items = await TarPeer.ExpectAsPythonAsync(tar);

        TarPeer.ExpectAsGnu(tar, items);
        Assert.Equal([name, "next"], items.Select(item => Encoding.ASCII.GetString(Convert.FromHexString(item.Name))));
        Assert.Equal([name, "next"], SharpZipNames(new MemoryStream(tar)));
        Assert.Equal(content, TarDump.GnuTar(tar, "-xOf", name));
    }

    [PeerTheory("tar", "python3")]
    [InlineData(EightGibibytes - 1)]
    [InlineData(EightGibibytes)]
    [InlineData(EightGibibytes + 1025)]
    public void FromFile_SizeThatOctalDigitsCannotSay_IsReadByOthers(long size)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("large.tar", TarHeaderWriter.FromFile("large", size));
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(512 + OciPS.Tar.TarEntry.Pad(size) + 1024);
        }

        Assert.Equal($"large|{size}|0o644|0|0|||0|0|512", Encoding.UTF8.GetString(Tool.Run("python3", "-c", Python, path)).Trim());
        Assert.Equal(
            ["-rw-r--r--", "0/0", size.ToString(CultureInfo.InvariantCulture), "1970-01-01", "00:00:00", "large"],
            Tool.RunText("tar", "--numeric-owner", "--full-time", "-tvf", path)
                .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        using var opened = new TarInputStream(File.OpenRead(path), Encoding.UTF8);
        Assert.Equal(size, opened.GetNextEntry().Size);
    }

    // GNU tar manual, "Blocking Factor": by default records of 20 blocks.
    [Theory]
    [InlineData(0, 10240)]
    [InlineData(10240 - 512 - 1024, 10240)]
    [InlineData(10240 - 512 - 1024 + 1, 20480)]
    public async Task Finish_ContentOfAnySize_PadsToRecords(int size, int expected)
    {
        byte[] tar = await ArchiveAsync(("a", Sample.Noise(size)));

        Assert.Equal(expected, tar.Length);
        Assert.DoesNotContain(tar[^1024..], one => one != 0);
    }

    [PeerFact("tar")]
    public async Task Archive_AsGnuTarWritesIt_HasTheSameLength()
    {
        using var folder = new TemporaryFolder();
        foreach (int size in new[] { 0, 1, 511, 512, 8192, 8704, 8705, 100_000 })
        {
            byte[] content = Sample.Noise(size);
            folder.Write("file", content);

            Assert.Equal(Tool.RunIn(folder.Path, "tar", "-cf", "-", "file").Length, (await ArchiveAsync(("file", content))).Length);
        }
    }

    [Fact]
    public async Task Archive_EndOfIt_IsWrittenByItself()
    {
        using var flushed = new FlushRecorder();
        var writer = new TarArchiveWriter(flushed);
        await writer.WriteFileAsync("a", new MemoryStream(new byte[100]), 100, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);

        Assert.Equal([1024, 10240], flushed.Lengths);
    }

    private static async Task<byte[]> ArchiveAsync(params (string Name, byte[] Content)[] files)
    {
        using var output = new MemoryStream();
        var writer = new TarArchiveWriter(output);
        foreach ((string name, byte[] content) in files)
        {
            await writer.WriteFileAsync(name, new MemoryStream(content), content.Length, CancellationToken.None);
        }

        await writer.FinishAsync(CancellationToken.None);
        return output.ToArray();
    }

    private static string[] SharpZipNames(Stream tar)
    {
        using var reader = new TarInputStream(tar, Encoding.UTF8);
        var names = new List<string>();
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        return [.. names];
    }

    /// <summary>Keeps how much had been written whenever it was flushed.</summary>
    private sealed class FlushRecorder : MemoryStream
    {
        public List<long> Lengths { get; } = [];

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Lengths.Add(Length);
            return Task.CompletedTask;
        }
    }
}
