// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Removal;

namespace OciPS.Core.Tests.Peers;

/// <summary>Hard links whose target is named through a symbolic link, as extractors take them: umoci unpacks what is left.</summary>
public sealed class RemovedLinkTargetPeerTests : IDisposable
{
    private const string Plain = "application/vnd.oci.image.layer.v1.tar";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerTheory("umoci")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_TargetBehindASymbolicLink_GivesTheLinkItsContent(bool inOneLayer)
    {
        TarBuilder target = Folder(new TarBuilder(), "real").Add("real/k", "SECRET"u8.ToArray()).Add("lnk", type: '2', link: "real");
        byte[][] layers = inOneLayer
            ? [target.Add("h", type: '1', link: "lnk/k").ToBytes()]
            : [target.ToBytes(), new TarBuilder().Add("h", type: '1', link: "lnk/k").ToBytes()];
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.Image("linux/amd64", [.. layers.Select(layer => images.Put(layer, Plain))]));

        RewrittenImage result = await TestImages.RemoveAsync($"oci:{images.Folder}:1", $"oci:{_folder["out"]}:1", "real/k");
        Tool.Run("umoci", "unpack", "--rootless", "--image", $"{_folder["out"]}:1", _folder["unpacked"]);

        Assert.Equal("SECRET", await File.ReadAllTextAsync(_folder["unpacked/rootfs/h"]));
        Assert.False(File.Exists(_folder["unpacked/rootfs/real/k"]));
        Assert.Equal("h", Assert.Single(result.PromotedFiles).Entry.Name);
    }

    private static TarBuilder Folder(TarBuilder tar, string name) => tar.Raw(TarBuilder.Header(name + "/", '5'));
}
