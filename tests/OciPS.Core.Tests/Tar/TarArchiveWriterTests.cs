// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed class TarArchiveWriterTests
{
    [PeerFact("python3")]
    public async Task Write_EntriesOfAllKinds_AreReadByPython()
    {
        string longName = $"blobs/sha512/{new string('a', 128)}";
        using var output = new MemoryStream();
        var tar = new TarArchiveWriter(output);
        await tar.WriteDirectoryAsync("größe", CancellationToken.None);
        await tar.WriteFileAsync(longName, 0x124, Sample.Text(700), CancellationToken.None);
        await tar.WriteFileAsync("exact", new MemoryStream(new byte[512]), 512, CancellationToken.None);
        await tar.WriteSymbolicLinkAsync("link", "../" + longName, CancellationToken.None);
        await tar.FinishAsync(CancellationToken.None);

        const string Script =
            """
            import hashlib, io, sys, tarfile
            with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()), mode='r:') as tar:
                for e in tar:
                    print(e.name, e.type.decode(), oct(e.mode), e.size, e.mtime, e.linkname, hashlib.sha256(tar.extractfile(e).read()).hexdigest() if e.isreg() else '-')
            """;
        Assert.Equal(
            [
                "größe 5 0o755 0 0  -",
                $"{longName} 0 0o444 700 0  {Sample.Hash(Sample.Text(700))}",
                $"exact 0 0o644 512 0  {Sample.Hash(new byte[512])}",
                $"link 2 0o0 0 0 ../{longName} -",
            ],
            Encoding.UTF8.GetString(Tool.Filter(output.ToArray(), "python3", "-c", Script))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, output.Length % 512);
    }
}
