// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>A layer of an image: what it is, and how it is read.</summary>
/// <param name="store">The store that it is in.</param>
/// <param name="image">The image that it is a layer of.</param>
/// <param name="layers">The descriptors of all layers of the image, base first.</param>
/// <param name="index">Its number in the manifest, from 0.</param>
/// <param name="operation">The operation that reads it.</param>
internal sealed class Layer(
    IImageStore store, ImageReference image, IReadOnlyList<Descriptor> layers, int index, OperationContext operation)
{
    public Descriptor Descriptor { get; private init; } = layers[index];

    public Digest Digest => Descriptor.Digest;

    /// <summary>Its size in bytes as it is stored; 0 where the manifest does not say it.</summary>
    public long Size => Descriptor.Size;

    /// <summary>Its number in the manifest, from 0.</summary>
    public int Index => index;

    /// <summary>The image that it is a layer of.</summary>
    public ImageReference Image => image;

    /// <summary>The descriptors of all layers of the image, base first.</summary>
    public IReadOnlyList<Descriptor> ImageLayers => layers;

    /// <summary>What it is called in messages that say the rest.</summary>
    public string Label => GetLabel(index);

    /// <summary>What it is called in messages.</summary>
    public string Name => $"{Label} ({Digest})";

    /// <summary>What it is called in messages about several images.</summary>
    public string NameInImage => $"{Name} of '{image}'";

    /// <inheritdoc cref="IImageStore.IsLocal"/>
    public bool IsLocal => store.IsLocal;

    /// <summary>Receives diagnostics.</summary>
    public IOperationLog Log => operation.Log;

    /// <summary>The cache of layers that were read.</summary>
    public ListingCache Listings => operation.Session.Listings;

    /// <inheritdoc cref="StoreCapabilities.DamageHandlerFor"/>
    public Action? DamageHandler => store.DamageHandlerFor(Digest);

    /// <summary>The layers of an image, base first.</summary>
    public static IReadOnlyList<Layer> GetAll(
        IImageStore store, ImageReference image, IReadOnlyList<Descriptor> layers, OperationContext operation) =>
        [.. Enumerable.Range(0, layers.Count).Select(index => new Layer(store, image, layers, index, operation))];

    /// <summary>What a layer is called of which only its number is known.</summary>
    public static string GetLabel(int index) => $"Layer {index}";

    public override string ToString() => Name;

    /// <summary>The same layer, with another descriptor of it.</summary>
    public Layer With(Descriptor descriptor) => new(store, image, layers, index, operation) { Descriptor = descriptor };

    /// <summary>The same layer, with its size, which not every manifest says.</summary>
    public Layer WithSize(long size) => With(Descriptor with { Size = size, SizeIsKnown = true });

    /// <summary>Why its files cannot be read; null if they can.</summary>
    public Task<string?> WhyNotReadableAsync(CancellationToken cancellationToken) => FileSystemCheck.WhyNotAsync(this, cancellationToken);

    /// <summary>Opens the layer as it is stored. What comes out is not checked.</summary>
    public Task<Stream> OpenUncheckedAsync(CancellationToken cancellationToken) => store.OpenBlobAsync(Descriptor, cancellationToken);

    /// <summary>Opens the layer as it is stored; at its end, it is known to be right.</summary>
    public async Task<Stream> OpenCompressedAsync(CancellationToken cancellationToken)
    {
        VerifyingStream verified = await OpenVerifiedAsync(cancellationToken).ConfigureAwait(false);
        return new ReadAheadStream(ReportProgress(verified, Size));
    }

    /// <summary>Opens the layer as it is stored, for who asks what was read of it.</summary>
    public Task<VerifyingStream> OpenVerifiedAsync(CancellationToken cancellationToken) =>
        store.OpenVerifiedAsync(Descriptor, Name, cancellationToken);

    /// <summary>Opens a part of the layer as it is stored, unchecked; null if the store has only the whole layer to give.</summary>
    public Task<Stream?> TryOpenPartAsync(long offset, long length, CancellationToken cancellationToken) =>
        store.TryOpenBlobPartAsync(Descriptor, offset, length, cancellationToken);

    /// <summary>Reports how much of the stored layer, or of a part of it, was read.</summary>
    public Stream ReportProgress(Stream stored, long size) =>
        new ProgressStream(stored, $"layer {Digest.Short}", size, operation.Log);

    /// <summary>Reads the layer from its beginning, and keeps nothing of it.</summary>
    public Task<LayerReader> OpenReaderAsync(CancellationToken cancellationToken) =>
        LayerReader.OpenAsync(this, LayerHashing.None, null, null, cancellationToken);

    /// <summary>Reads the whole layer for its digest before compression.</summary>
    public async Task<Digest> ReadDiffIdAsync(LayerHashing hashing, CancellationToken cancellationToken)
    {
        using LayerReader reader = await LayerReader.OpenAsync(this, hashing, null, null, cancellationToken).ConfigureAwait(false);
        return (await reader.FinishAsync(cancellationToken).ConfigureAwait(false)).Digest;
    }

    /// <summary>What is known of the layer from an earlier reading; null if nothing is.</summary>
    public Task<LayerListing?> FindListingAsync(CancellationToken cancellationToken) =>
        Listings.FindAsync(store, Descriptor, cancellationToken);

    /// <summary>
    /// The entries of the layer: from the cache, from its own table of contents, or by reading it, which then fills the cache.
    /// </summary>
    public Task<LayerEntries> GetEntriesAsync(CancellationToken cancellationToken) =>
        GetEntriesAsync(isAnew: true, isNumberedByToc: false, cancellationToken);

    /// <summary>The entries once more, for who looks for one that was listed before, in this layer or another one of the image.</summary>
    /// <param name="listed">That entry. If a table of contents gave it, tables of contents come first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<LayerEntries> GetEntriesAgainAsync(TarEntry listed, CancellationToken cancellationToken) =>
        GetEntriesAsync(isAnew: false, isNumberedByToc: !listed.HasPlace, cancellationToken);

    /// <summary>The entries of an earlier reading.</summary>
    public LayerEntries Recall(LayerListing known) => new RecalledEntries(known.Entries, new LayerCursor(this, known));

    /// <summary>Entries that are at hand already, with a way to their content.</summary>
    public async Task<LayerEntries> RecallAsync(IEnumerable<TarEntry> entries, CancellationToken cancellationToken) =>
        new RecalledEntries(entries, await OpenContentAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The content of entries that are known, the first of which is not read before it is asked for.</summary>
    public async Task<LayerCursor> OpenContentAsync(CancellationToken cancellationToken) =>
        new(this, await FindListingAsync(cancellationToken).ConfigureAwait(false));

    // Here, and nowhere else, it is decided where entries come from.
    private async Task<LayerEntries> GetEntriesAsync(bool isAnew, bool isNumberedByToc, CancellationToken cancellationToken)
    {
        if (isNumberedByToc && await LayerToc.TryReadAsync(this, cancellationToken).ConfigureAwait(false) is { } same)
        {
            return new TocEntries(this, same);
        }

        if (await FindListingAsync(cancellationToken).ConfigureAwait(false) is { } known)
        {
            Log.Verbose($"{Name} was read before: its listing is cached.");
            return Recall(known);
        }

        if (isAnew && await LayerToc.TryReadAsync(this, cancellationToken).ConfigureAwait(false) is { } contents)
        {
            Log.Verbose($"{Name} has a table of contents, which is used.");
            return new TocEntries(this, contents);
        }

        return await ReadEntries.OpenAsync(this, isKept: isAnew, cancellationToken).ConfigureAwait(false);
    }
}
