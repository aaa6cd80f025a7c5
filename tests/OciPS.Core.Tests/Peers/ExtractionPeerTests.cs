// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.References;

namespace OciPS.Core.Tests.Peers;

/// <summary>The container's view, as a tree and as a list, beside what umoci unpacks.</summary>
public sealed class ExtractionPeerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Layers are divided by |, entries by blanks: a folder ends in a slash, a link has ->, a file its content behind =.
    [PeerTheory("umoci")]
    [InlineData("usr/ usr/lib/ usr/lib/x=old usr/lib/y=y lib->usr/lib | lib/x=new lib/z=z")]
    [InlineData("usr/ usr/lib/ lib->usr/lib | lib/x=one | usr/lib/x=two")]
    [InlineData("usr/ usr/lib/ lib->usr/lib | usr/lib/x=one | lib/x=two")]
    [InlineData("usr/ usr/lib/ lib->/usr/lib | lib/x=new")]
    [InlineData("lib->usr/lib | lib/x=x")]
    [InlineData("a/ a/l->../../../b b/ | a/l/x=x")]
    [InlineData("r/ r/real/ r/l->real | r/l/sub/x=x")]
    [InlineData("usr/ usr/lib/ lib->usr/lib lib/x=x")]
    [InlineData("usr/ usr/lib/ usr/lib/x=x usr/lib/y=y lib->usr/lib | lib/.wh.x=")]
    [InlineData("usr/ usr/lib/ usr/lib/x=x lib->usr/lib | lib/.wh..wh..opq= lib/n=n")]
    [InlineData("usr/ usr/lib/ usr/lib/x=x lib->usr/lib | lib/ lib/n=n")]
    [InlineData("usr/ usr/lib/ lib->usr/lib | lib/x=x | lib/ lib/n=n")]
    [InlineData("usr/ usr/lib/ lib->usr/lib | lib/x=x | .wh.lib=")]
    [InlineData("d/ d/x=old | d/x=new d/.wh.x=")]
    [InlineData("d/ d/x=x d/e/ d/e/y=y | .wh.d= | d/n=n")]
    [InlineData("d/ d/x=x | d=file")]
    [InlineData("d/ d/e/ d/e/x=x | d/e/n=n d/.wh..wh..opq=")]
    public async Task View_OfLayers_IsWhatUmociUnpacks(string layers)
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.Image(
            "linux/amd64", [.. layers.Split(" | ").Select(layer => images.Put(Tar(layer), "application/vnd.oci.image.layer.v1.tar"))]));
        Tool.Run("umoci", "unpack", "--rootless", "--image", $"{images.Folder}:1", _folder["out"]);

        Assert.Equal(Walk(_folder["out/rootfs"]), await ViewAsync($"oci:{images.Folder}:1"));
    }

    /// <summary>What the tree shows; the list has to have the same entries.</summary>
    private static async Task<string[]> ViewAsync(string reference)
    {
        using SelectedImages picked = await TestImages.OpenAsync(reference);
        var contents = new Dictionary<(int, int), string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListFlattenedAsync(
            _ => true, CancellationToken.None))
        {
            using var reader = new StreamReader(await file.OpenAsync(CancellationToken.None));
            contents[(file.LayerIndex, file.Entry.Ordinal)] = await reader.ReadToEndAsync();
        }

        using BrowsableImage mounted = await BrowsableImage.OpenAsync(
            ImageReference.Parse(reference), [], TestSession.Begin(), CancellationToken.None);
        FileTree tree = await mounted.ReadTreeAsync(TestSession.Begin(), CancellationToken.None);
        Assert.Equal(tree.Entries.Select(entry => (entry.Layer, entry.Entry.Ordinal)).Order(), contents.Keys.Order());
        var lines = new List<string>();
        var pending = new Stack<FileNode>(tree.Root.Children);
        while (pending.TryPop(out FileNode? node))
        {
            lines.Add(node.FullName + (
                node.IsDirectory ? "/" : node.IsLink ? "->" + node.Entry!.LinkTarget : "=" + contents[(node.Layer, node.Entry!.Ordinal)]));
            node.Children.ToList().ForEach(pending.Push);
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static string[] Walk(string root) => [.. new System.IO.Enumeration.FileSystemEnumerable<string>(
        root,
        (ref System.IO.Enumeration.FileSystemEntry entry) => Describe(root, entry.ToFileSystemInfo()),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
    {
        ShouldRecursePredicate = (ref System.IO.Enumeration.FileSystemEntry entry) => entry.ToFileSystemInfo().LinkTarget is null,
    }.Order(StringComparer.Ordinal)];

    private static string Describe(string root, FileSystemInfo item) => Path.GetRelativePath(root, item.FullName)
        + (item.LinkTarget is { } target ? "->" + target : item is DirectoryInfo ? "/" : "=" + File.ReadAllText(item.FullName));

    private static byte[] Tar(string entries)
    {
        var tar = new TarBuilder();
        foreach (string entry in entries.Split(' '))
        {
            string[] link = entry.Split("->");
            string[] file = entry.Split('=');
            _ = link.Length > 1 ? tar.Add(link[0], type: '2', link: link[1])
                : file.Length > 1 ? tar.Add(file[0], System.Text.Encoding.UTF8.GetBytes(file[1]))
                : tar.Raw(TarBuilder.Header(entry, '5'));
        }

        return tar.ToBytes();
    }
}
