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

/// <summary>A layer of an image, with its store.</summary>
/// <param name="store">The store of the image.</param>
/// <param name="image">The image's reference.</param>
/// <param name="layers">The descriptors of all layers of the image, base first.</param>
/// <param name="index">Its index in the manifest, from 0.</param>
/// <param name="operation">The operation that it belongs to.</param>
internal sealed class Layer(
    IImageStore store, ImageReference image, IReadOnlyList<Descriptor> layers, int index, OperationContext operation)
{
    public Descriptor Descriptor { get; private init; } = layers[index];

    public Digest Digest => Descriptor.Digest;

    /// <summary>Its stored size in bytes; 0 if the manifest does not have it.</summary>
    public long Size => Descriptor.Size;

    /// <summary>Its index in the manifest, from 0.</summary>
    public int Index => index;

    /// <summary>The image's reference.</summary>
    public ImageReference Image => image;

    /// <summary>The descriptors of all layers of the image, base first.</summary>
    public IReadOnlyList<Descriptor> ImageLayers => layers;

    /// <summary>Its short name, for messages that identify it otherwise.</summary>
    public string Label => GetLabel(index);

    /// <summary>Its name in messages.</summary>
    public string Name => GetName(index, Digest);

    /// <summary>Its name in messages about several images.</summary>
    public string NameInImage => $"{Name} of '{image}'";

    /// <inheritdoc cref="IImageStore.IsLocal"/>
    public bool IsLocal => store.IsLocal;

    /// <summary>Receives diagnostics.</summary>
    public IOperationLog Log => operation.Log;

    /// <summary>The cache of layer listings.</summary>
    public ListingCache Listings => operation.Session.Listings;

    /// <inheritdoc cref="StoreCapabilities.DamageHandlerFor"/>
    public Action? DamageHandler => store.DamageHandlerFor(Digest);

    /// <summary>The layers of an image, base first.</summary>
    public static IReadOnlyList<Layer> GetAll(
        IImageStore store, ImageReference image, IReadOnlyList<Descriptor> layers, OperationContext operation) =>
        [.. Enumerable.Range(0, layers.Count).Select(index => new Layer(store, image, layers, index, operation))];

    /// <summary>The short name of a layer by its index.</summary>
    public static string GetLabel(int index) => $"Layer {index}";

    /// <summary>The name of a layer in messages.</summary>
    public static string GetName(int index, Digest digest) => $"{GetLabel(index)} ({digest})";

    public override string ToString() => Name;

    /// <summary>The same layer with another descriptor.</summary>
    public Layer With(Descriptor descriptor) => new(store, image, layers, index, operation) { Descriptor = descriptor };

    /// <summary>The same layer with its size, which some manifests lack.</summary>
    public Layer WithSize(long size) => With(Descriptor with { Size = size, SizeIsKnown = true });

    /// <summary>The reason why its files cannot be read; null if they can.</summary>
    public Task<string?> WhyNotReadableAsync(CancellationToken cancellationToken) => FileSystemCheck.WhyNotAsync(this, cancellationToken);

    /// <summary>Opens the stored layer without checking it.</summary>
    public Task<Stream> OpenUncheckedAsync(CancellationToken cancellationToken) => store.OpenBlobAsync(Descriptor, cancellationToken);

    /// <summary>Opens the stored layer; its digest is checked at the end.</summary>
    public async Task<Stream> OpenCompressedAsync(CancellationToken cancellationToken)
    {
        VerifyingStream verified = await OpenVerifiedAsync(cancellationToken).ConfigureAwait(false);
        return new ReadAheadStream(ReportProgress(verified, Size));
    }

    /// <summary>Opens the stored layer for callers that need the number of bytes read.</summary>
    public Task<VerifyingStream> OpenVerifiedAsync(CancellationToken cancellationToken) =>
        store.OpenVerifiedAsync(Descriptor, Name, cancellationToken);

    /// <summary>Opens a range of the stored layer, unchecked; null if the store supports no ranges.</summary>
    public Task<Stream?> TryOpenPartAsync(long offset, long length, CancellationToken cancellationToken) =>
        store.TryOpenBlobPartAsync(Descriptor, offset, length, cancellationToken);

    /// <summary>Reports how many bytes of the stored layer, or of a range of it, were read.</summary>
    public Stream ReportProgress(Stream stored, long size) =>
        new ProgressStream(stored, $"layer {Digest.Short}", size, operation.Log);

    /// <summary>Reads the layer from its beginning, and caches nothing.</summary>
    public Task<LayerReader> OpenReaderAsync(CancellationToken cancellationToken) =>
        LayerReader.OpenAsync(this, LayerHashing.None, null, null, cancellationToken);

    /// <summary>Reads the whole layer, and returns the digest of its decompressed bytes.</summary>
    public async Task<Digest> ReadDiffIdAsync(LayerHashing hashing, CancellationToken cancellationToken)
    {
        using LayerReader reader = await LayerReader.OpenAsync(this, hashing, null, null, cancellationToken).ConfigureAwait(false);
        return (await reader.FinishAsync(cancellationToken).ConfigureAwait(false)).Digest;
    }

    /// <summary>The cached listing of the layer; null if there is none.</summary>
    public Task<LayerListing?> FindListingAsync(CancellationToken cancellationToken) =>
        Listings.FindAsync(store, Descriptor, cancellationToken);

    /// <summary>
    /// The entries of the layer: from the cache, from its own table of contents, or by reading it, which fills the cache.
    /// </summary>
    public Task<LayerEntries> GetEntriesAsync(CancellationToken cancellationToken) =>
        GetEntriesAsync(isAnew: true, isNumberedByToc: false, cancellationToken);

    /// <summary>The entries again, to find one that was listed before, in this layer or another one of the image.</summary>
    /// <param name="listed">That entry. If it is from a table of contents, a table of contents is preferred.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<LayerEntries> GetEntriesAgainAsync(TarEntry listed, CancellationToken cancellationToken) =>
        GetEntriesAsync(isAnew: false, isNumberedByToc: !listed.HasPlace, cancellationToken);

    /// <summary>Logs that the cached listing is used.</summary>
    public void ReportCached() => Log.Verbose($"{Name} was read before: its listing is cached.");

    /// <summary>The entries of a cached listing.</summary>
    public LayerEntries Recall(LayerListing known) => new RecalledEntries(known.Entries, new LayerCursor(this, known));

    /// <summary>Known entries, with access to their content.</summary>
    public async Task<LayerEntries> RecallAsync(IEnumerable<TarEntry> entries, CancellationToken cancellationToken) =>
        new RecalledEntries(entries, await OpenContentAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Access to the content of known entries. Nothing is read before the first request.</summary>
    public async Task<LayerCursor> OpenContentAsync(CancellationToken cancellationToken) =>
        new(this, await FindListingAsync(cancellationToken).ConfigureAwait(false));

    // The only place that decides where entries come from.
    private async Task<LayerEntries> GetEntriesAsync(bool isAnew, bool isNumberedByToc, CancellationToken cancellationToken)
    {
        if (isNumberedByToc && await LayerToc.TryReadAsync(this, cancellationToken).ConfigureAwait(false) is { } same)
        {
            return new TocEntries(this, same);
        }

        if (await FindListingAsync(cancellationToken).ConfigureAwait(false) is { } known)
        {
            ReportCached();
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
