// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>An entry of an image's layer, with access to its content.</summary>
/// <param name="session">The session for reading the layer again.</param>
/// <param name="image">The image's reference.</param>
/// <param name="layers">All layers of the image, base first.</param>
/// <param name="layerIndex">The index of the entry's layer.</param>
/// <param name="entry">The entry.</param>
internal sealed class ImageFile(
    OciSession session, ImageReference image, IReadOnlyList<Descriptor> layers, int layerIndex, TarEntry entry)
{
    private LiveContent? _live;

    /// <summary>An entry of a layer of an image.</summary>
    public static ImageFile From(ImageSource image, int layerIndex, TarEntry entry) =>
        From(image, image.Manifest.Layers, layerIndex, entry, null);

    /// <summary>An entry of a layer of an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="layers">The layers, base first.</param>
    /// <param name="layerIndex">The index of the entry's layer.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="source">An alternative source of the content; null to read the layer again.</param>
    public static ImageFile From(
        ImageSource image,
        IReadOnlyList<Descriptor> layers,
        int layerIndex,
        TarEntry entry,
        Func<CancellationToken, Task<Stream>>? source) =>
        new(image.Session, image.Reference, layers, layerIndex, entry)
        {
            Platform = image.Platform?.ToString(),
            Manifest = image.Manifest.Content.Digest,
            Source = source,
        };

    public ImageReference Image { get; } = image;

    public Descriptor Layer => layers[LayerIndex];

    public int LayerIndex { get; } = layerIndex;

    public TarEntry Entry { get; } = entry;

    /// <summary>The image's platform as text; null if unknown.</summary>
    public string? Platform { get; init; }

    /// <summary>The digest of the image's manifest; null if unknown.</summary>
    public Digest? Manifest { get; init; }

    /// <summary>An alternative source of the content, which may be opened repeatedly; null to read the layer again.</summary>
    public Func<CancellationToken, Task<Stream>>? Source { get; init; }

    /// <summary>Whether the live content was read.</summary>
    public bool IsContentTaken => _live is { IsTaken: true };

    /// <summary>Attaches the live content, readable until the result is disposed.</summary>
    public LiveContent AttachStream(Func<CancellationToken, Task<Stream>> open) => _live = LiveContent.For(this, open);

    /// <summary>
    /// Restricts the live content to the calling thread, until the result is disposed: for callers that pass the file to code that may read
    /// it at any time. Other threads read the layer again.
    /// </summary>
    /// <param name="stop">Cancels each read.</param>
    public IDisposable? Lend(CancellationToken stop)
    {
        _live?.Lend(stop);
        return _live;
    }

    /// <summary>
    /// The file for use on other threads while the calling thread waits: with the live content if this thread may use it.
    /// </summary>
    public ImageFile Borrow()
    {
        if (Entry.Type is not (TarEntryType.File or TarEntryType.Other) || _live is not { IsLentHere: true } live)
        {
            return this;
        }

        return new ImageFile(session, Image, layers, LayerIndex, Entry)
        {
            Platform = Platform,
            Manifest = Manifest,
            Source = async token => await live.TryTakeAsync(token).ConfigureAwait(false)
                ?? await OpenAgainAsync(token).ConfigureAwait(false),
        };
    }

    /// <summary>
    /// The content: live if possible, else by reading the layer again. A hard link has the content of its target; an entry without content
    /// gives an empty stream.
    /// </summary>
    public async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        switch (Entry.Type)
        {
            case TarEntryType.File or TarEntryType.Other or TarEntryType.HardLink when Source is not null:
                return await Source(cancellationToken).ConfigureAwait(false);
            case TarEntryType.File or TarEntryType.Other:
                return (_live is null ? null : await _live.TryOpenAsync(cancellationToken).ConfigureAwait(false))
                    ?? await OpenAgainAsync(cancellationToken).ConfigureAwait(false);
            case TarEntryType.HardLink:
                return await OpenLinkedAsync(cancellationToken).ConfigureAwait(false);
            default:
                return Stream.Null;
        }
    }

    /// <summary>The content, by reading the layer again.</summary>
    public async Task<Stream> OpenAgainAsync(CancellationToken cancellationToken) =>
        await ReopenAsync(
            LayerIndex,
            found => found.Ordinal == Entry.Ordinal && found.Name == Entry.Name,
            cancellationToken).ConfigureAwait(false)
        ?? throw new ContentNotFoundException(ErrorIds.FileNotFoundInImage, $"'{Entry.Name}' is no longer in the layer {Layer.Digest}.");

    private async Task<Stream> OpenLinkedAsync(CancellationToken cancellationToken) =>
        await LinkTargets.For(layers).FindAsync(LayerIndex, Entry, LookThroughAsync, cancellationToken).ConfigureAwait(false) is { } target
            ? await new ImageFile(session, Image, layers, target.Layer, target.Entry).OpenAsync(cancellationToken).ConfigureAwait(false)
            : throw new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage, $"'{Entry.Name}' is a hard link to '{Entry.LinkTarget}', which the image does not have.");

    private async Task LookThroughAsync(int index, Action<TarEntry> see, CancellationToken cancellationToken)
    {
        bool IsWanted(TarEntry entry)
        {
            see(entry);
            return false;
        }

        Stream? content = await ReopenAsync(index, IsWanted, cancellationToken).ConfigureAwait(false);
        content?.Dispose();
    }

    /// <summary>Reads a layer again, up to the wanted entry; null if there is none.</summary>
    private async Task<Stream?> ReopenAsync(int index, Func<TarEntry, bool> isWanted, CancellationToken cancellationToken)
    {
        OperationContext operation = session.BeginQuietly();
        IImageStore store = await StoreFactory.OpenAsync(Image, operation, cancellationToken).ConfigureAwait(false);
        LayerEntries? entries = null;
        Stream? content = null;
        try
        {
            var layer = new Layer(store, Image, layers, index, operation);
            entries = await layer.GetEntriesAgainAsync(Entry, cancellationToken).ConfigureAwait(false);
            content = await FindAsync(entries, isWanted, cancellationToken).ConfigureAwait(false);
            return content is null ? null : new CompositeDisposeStream(content, entries, store);
        }
        finally
        {
            if (content is null)
            {
                entries?.Dispose();
                store.Dispose();
            }
        }
    }

    private static async Task<Stream?> FindAsync(LayerEntries entries, Func<TarEntry, bool> isWanted, CancellationToken cancellationToken)
    {
        while (await entries.ReadAsync(cancellationToken).ConfigureAwait(false) is { } found)
        {
            if (isWanted(found))
            {
                return await entries.Live(cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }
}
