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

/// <summary>An entry of a layer of an image, and the way to its content.</summary>
/// <param name="session">The session that reads the layer again.</param>
/// <param name="image">The image's reference.</param>
/// <param name="layers">All layers of the image, base first.</param>
/// <param name="layerIndex">The number of the layer that the entry is in.</param>
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
    /// <param name="layerIndex">The number of the layer that the entry is in.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="source">Another way to the content than reading the layer again; null for none.</param>
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

    /// <summary>What the image runs on, as text; null where that is not known.</summary>
    public string? Platform { get; init; }

    /// <summary>The digest of the image's manifest; null where that is not known.</summary>
    public Digest? Manifest { get; init; }

    /// <summary>Another way to the content than reading the layer again, for as often as it is asked for; null for none.</summary>
    public Func<CancellationToken, Task<Stream>>? Source { get; init; }

    /// <summary>Whether somebody read the content as it passed by.</summary>
    public bool IsContentTaken => _live is { IsTaken: true };

    /// <summary>Says how the content is read as it passes by, until the result is disposed.</summary>
    public LiveContent AttachStream(Func<CancellationToken, Task<Stream>> open) => _live = LiveContent.For(this, open);

    /// <summary>
    /// Lends the content that passes by to the calling thread alone, until the result is disposed: for who gives the file to
    /// others, of which nobody knows when they read. All other threads read the layer again.
    /// </summary>
    /// <param name="stop">Ends each read.</param>
    public IDisposable? Lend(CancellationToken stop)
    {
        _live?.Lend(stop);
        return _live;
    }

    /// <summary>
    /// The file for work on other threads that the calling thread waits for: with the content that is lent to it, if one is.
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
    /// The content: as it passes by, or else by reading the layer again. A hard link's is that of the file that it names;
    /// what has none comes out empty.
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

    /// <summary>Looks through a layer again, up to the entry that is asked for; null if there is none.</summary>
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
