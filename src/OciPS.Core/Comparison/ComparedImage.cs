// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Images;
using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Tar;

namespace OciPS.Comparison;

/// <summary>The merged file system of one of two images, as far as its layers had to be read.</summary>
internal sealed class ComparedImage
{
    private readonly ImageSource _image;
    private readonly OperationContext _operation;
    private readonly MergedFileSystem _view = new();
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _whiteouts = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Layer, int Ordinal), Digest> _contents = [];
    private readonly IReadOnlyList<Layer> _layers;
    private readonly FileLister _lister;
    private int _lastUnread = -1;

    private ComparedImage(ImageSource image, OperationContext operation)
    {
        _image = image;
        _operation = operation;
        _layers = image.GetLayers(operation);
        _lister = new FileLister(image, operation);
    }

    /// <summary>The names that occur in the layers that were read.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>Reads an image's layers, except those that the other image shares and that would have to be downloaded.</summary>
    /// <param name="image">The image.</param>
    /// <param name="shared">The layers that both images share, with their entries where those are known.</param>
    /// <param name="operation">Receives warnings about unread layers.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<ComparedImage> ReadAsync(
        ImageSource image, IDictionary<Digest, IReadOnlyList<TarEntry>?> shared, OperationContext operation,
        CancellationToken cancellationToken)
    {
        var read = new ComparedImage(image, operation);
        IReadOnlyList<Descriptor> layers = image.Manifest.Layers;
        for (int index = 0; index < layers.Count; index++)
        {
            if (shared.ContainsKey(layers[index].Digest))
            {
                await read.AddSharedAsync(index, shared, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await read.ReadLayerAsync(index, cancellationToken).ConfigureAwait(false);
            }
        }

        read._lister.WarnAboutUnread();
        return read;
    }

    /// <summary>The file with a name; null if there is none in the layers that were read.</summary>
    public ImageFile? Find(string name) => _view.Find(name) is { } found ? ImageFile.From(_image, found.Layer, found.Entry) : null;

    /// <summary>Whether a layer hides the files of that name in lower layers.</summary>
    public bool IsHidden(string name) => _whiteouts.ContainsKey(name);

    /// <summary>Whether no unread layer can change the result for a name.</summary>
    public bool IsCertain(string name) =>
        (_view.Find(name) is { } found && found.Layer > _lastUnread)
        || (_view.Find(name) is null && (_lastUnread < 0 || IsHiddenAbove(name)));

    /// <summary>The digests of files' contents; computes those that are not known.</summary>
    public async Task<IReadOnlyDictionary<ImageFile, Digest>> HashAsync(IEnumerable<ImageFile> files, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<ImageFile, Digest>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<int, ImageFile> layer in files.GroupBy(file => file.LayerIndex))
        {
            using LayerCursor cursor = await _layers[layer.Key].OpenContentAsync(cancellationToken).ConfigureAwait(false);
            foreach (ImageFile file in layer.OrderBy(file => file.Entry.Ordinal))
            {
                if (!_contents.TryGetValue((layer.Key, file.Entry.Ordinal), out Digest digest))
                {
                    using Stream content = await cursor.OpenAsync(file.Entry, cancellationToken).ConfigureAwait(false);
                    digest = await HashAsync(content, cancellationToken).ConfigureAwait(false);
                }

                digests[file] = digest;
            }

            await cursor.FinishAsync(cancellationToken).ConfigureAwait(false);
        }

        return digests;
    }

    // Most files are small: hashing them on this thread costs less than a handover to another one.
    private static async Task<Digest> HashAsync(Stream content, CancellationToken cancellationToken)
    {
        using var hash = DigestAlgorithm.Sha256.CreateHash();
        using var buffer = new PooledBuffer(128 * 1024);
        int count;
        while ((count = await content.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer.Memory.Span[..count]);
        }

        return DigestAlgorithm.Sha256.Finish(hash);
    }

    private bool IsHiddenAbove(string name) =>
        (_whiteouts.TryGetValue(name, out int layer) && layer > _lastUnread)
        || TarPath.GetAncestors(name).Any(ancestor => _whiteouts.TryGetValue(ancestor, out int above) && above > _lastUnread);

    private async Task AddSharedAsync(int index, IDictionary<Digest, IReadOnlyList<TarEntry>?> shared, CancellationToken cancellationToken)
    {
        Layer layer = _layers[index];
        shared[layer.Digest] ??= await FindAsync(index, cancellationToken).ConfigureAwait(false);
        if (shared[layer.Digest] is { } entries)
        {
            entries.ToList().ForEach(entry => Add(index, entry));
            return;
        }

        _operation.Log.Verbose($"{layer} is in both images, and is not read.");
        _lastUnread = index;
    }

    /// <summary>The entries of a layer that need no download; null if they need one.</summary>
    private async Task<IReadOnlyList<TarEntry>?> FindAsync(int index, CancellationToken cancellationToken)
    {
        if (await _layers[index].FindListingAsync(cancellationToken).ConfigureAwait(false) is { } known)
        {
            return [.. known.Entries.Where(entry => entry.Name.Length > 0)];
        }

        if (!_image.Store.IsLocal)
        {
            return null;
        }

        var entries = new List<TarEntry>();
        await foreach (ImageFile file in _lister.ListLayerAsync(index, cancellationToken).ConfigureAwait(false))
        {
            entries.Add(file.Entry);
        }

        return entries;
    }

    private async Task ReadLayerAsync(int index, CancellationToken cancellationToken)
    {
        if (await _layers[index].FindListingAsync(cancellationToken).ConfigureAwait(false) is { } known)
        {
            known.Entries.Where(entry => entry.Name.Length > 0).ToList().ForEach(entry => Add(index, entry));
            return;
        }

        await foreach (ImageFile file in _lister.ListLayerAsync(index, cancellationToken).ConfigureAwait(false))
        {
            Add(index, file.Entry);
            if (file.Entry.Type == TarEntryType.File)
            {
                using Stream content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
                _contents[(index, file.Entry.Ordinal)] = await HashAsync(content, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Add(int index, TarEntry entry)
    {
        _view.Add(index, entry);
        string name = entry.Name;
        if (entry.Type == TarEntryType.Whiteout)
        {
            name = TarPath.IsOpaqueMarker(name) ? TarPath.GetParent(name) : TarPath.WhiteoutTarget(name);
            _whiteouts[name] = index;
        }

        if (name.Length > 0)
        {
            _names.Add(name);
        }
    }
}
