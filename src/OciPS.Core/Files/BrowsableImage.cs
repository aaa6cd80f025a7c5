// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>An image whose file system is browsed repeatedly: its tree, read on first use, and its contents.</summary>
internal sealed class BrowsableImage : IDisposable
{
    private const int FolderMode = 0x1ED;

    private readonly ImageSource _image;
    private readonly LayerContent[] _contents;
    private readonly Dictionary<TarEntry, (int Layer, TarEntry Entry)> _linked = [];
    private FileTree? _tree;

    /// <param name="image">The image; its store may be closed, since each read opens a new one.</param>
    public BrowsableImage(ImageSource image)
    {
        _image = image;
        IReadOnlyList<Descriptor> layers = image.Manifest.Layers;
        _contents = [.. layers.Select((_, index) => new LayerContent(image.Session, image.Reference, layers, index))];
    }

    public ImageReference Reference => _image.Reference;

    /// <summary>A reference by digest if the image was picked from an index.</summary>
    public ImageReference ExactReference => _image.ExactReference;

    public Digest Digest => _image.Manifest.Content.Digest;

    /// <summary>The platform that the index lists for it; null if it was not picked from an index.</summary>
    public Platform? Platform => _image.Platform;

    /// <summary>The tree; null if it was not read yet.</summary>
    public FileTree? Tree => _tree;

    /// <summary>Opens an image, without reading its layers.</summary>
    /// <exception cref="ContentNotFoundException">There is no such image.</exception>
    /// <exception cref="InvalidInputException">There is more than one.</exception>
    public static async Task<BrowsableImage> OpenAsync(
        ImageReference reference, IReadOnlyList<PlatformPattern> platforms, OperationContext operation, CancellationToken cancellationToken)
    {
        using SelectedImages picked = await ImagePicker.OpenAsync(
            reference, platforms, ManifestMode.PreferMultiArch, operation, cancellationToken).ConfigureAwait(false);
        return picked.Images.Count > 1
            ? throw new InvalidInputException(
                ErrorIds.AmbiguousImage,
                $"'{reference}' has several such images: {string.Join(", ", picked.Images.Select(image => image.Platform))}. A drive "
                    + "shows one: name its platform.")
            : picked.Errors.Count > 0 ? throw picked.Errors[0] : new BrowsableImage(picked.Images[0]);
    }

    /// <summary>Reads the layers' listings. After a cancellation, the next call starts over.</summary>
    public async Task<FileTree> ReadTreeAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        using IImageStore store = await StoreFactory.OpenAsync(_image.Reference, operation, cancellationToken).ConfigureAwait(false);
        ImageSource image = _image with { Store = store };
        var tree = new FileTree();
        var named = new Dictionary<string, (int Layer, TarEntry Entry)>(StringComparer.Ordinal);
        var budget = new EntryBudget();
        _linked.Clear();
        await foreach (ImageFile file in new FileLister(image, operation).ListAsync(cancellationToken).ConfigureAwait(false))
        {
            budget.Take(file.Entry, $"'{_image.Reference}'");
            tree.Add(file.LayerIndex, file.Entry);
            _contents[file.LayerIndex].See(file.Entry);

            // A hard link names the last earlier entry of that name.
            if (file.Entry.Type == TarEntryType.HardLink
                && named.TryGetValue(TarPath.Clean(file.Entry.LinkTarget), out (int Layer, TarEntry Entry) target))
            {
                _linked[file.Entry] = _linked.TryGetValue(target.Entry, out (int Layer, TarEntry Entry) end) ? end : target;
            }

            named[file.Entry.Name] = (file.LayerIndex, file.Entry);
        }

        return _tree = tree;
    }

    /// <summary>The file of a node.</summary>
    public ImageFile GetFile(FileNode node)
    {
        TarEntry entry = node.Entry ?? FolderEntry(node);
        (int Layer, TarEntry Entry)? content = entry.Type != TarEntryType.HardLink
            ? (node.Layer, entry)
            : _linked.TryGetValue(entry, out (int, TarEntry) linked)
            ? linked
            : null;

        // The root of an image without layers still needs a layer.
        IReadOnlyList<Descriptor> layers = _contents.Length > 0 ? _image.Manifest.Layers : [new Descriptor(string.Empty, default, 0)];
        return ImageFile.From(
            _image, layers, node.Layer, entry, content is { } found ? token => _contents[found.Layer].OpenAsync(found.Entry, token) : null);
    }

    public void Dispose() => Array.ForEach(_contents, static content => content.Dispose());

    private static TarEntry FolderEntry(FileNode node) => new()
    {
        Name = ShownPath.Parse(node.FullName),
        Type = TarEntryType.Directory,
        Mode = FolderMode,
        Size = 0,
        LinkTarget = string.Empty,
        LastWriteTime = DateTimeOffset.UnixEpoch,
        Ordinal = -1,
        Start = 0,
        ContentStart = 0,
        StoredSize = 0,
    };
}
