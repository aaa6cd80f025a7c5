// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What Remove-OciImageFile leaves of a gzip layer's compressed bytes.</summary>
public sealed class RecompressTests : IDisposable
{
    private readonly Engine _engine = new();

    public RecompressTests()
    {
        // Text of which no part is like another one, some hundred KB when it is compressed.
        var random = new Random(1);
        var tar = new TarBuilder();
        for (int file = 0; file < 20; file++)
        {
            tar.File($"data/{file}", string.Concat(Enumerable.Range(0, 8000).Select(_ => (char)random.Next('a', 'z'))));
            tar.File($"data/{file}.key", $"SECRET-{file}");
        }

        Source.Add("app", new TestImage(TestLayer.Gzip(tar)));
    }

    private Layout Source => _engine.Layout("images");

    private Layout Out => _engine.Layout("out");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("", true)]
    [InlineData("-Recompress", false)]
    public void Remove_FromTheMiddle_KeepsCompressedBlocksUnlessTold(string option, bool isKept)
    {
        PSObject image = Assert.Single(
            _engine.Run($"Remove-OciImageFile oci:images:app -Path data/10.key -Destination oci:out:app {option}"));

        Assert.Equal(["data/10.key"], image.List("RemovedFiles").Texts("FullName"));
        Assert.Equal(Source.Entries("app").Where(entry => entry.Name != "data/10.key"), Out.Entries("app"));
        Assert.False(Out.Contains("app", "SECRET-10"));

        byte[] before = File.ReadAllBytes(Source.BlobPath(Source.LayerDigests("app")[0]));
        byte[] after = File.ReadAllBytes(Out.BlobPath(Out.LayerDigests("app")[0]));
        Assert.Equal(isKept, after.AsSpan().IndexOf(before.AsSpan(before.Length * 3 / 4, 2000)) >= 0);
    }

    [Fact]
    public void Remove_Twice_IsTheSameBothTimes()
    {
        string[] digests = ["one", "two"];
        digests = [.. digests.Select(tag => Assert.Single(
            _engine.Run($"Remove-OciImageFile oci:images:app -Path data/3.key, data/15.key -Destination oci:out:{tag}")).Text("Digest"))];

        Assert.Equal(digests[0], digests[1]);
    }
}
