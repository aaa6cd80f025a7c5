// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;
using OciPS.Streams;
using OciPS.Tar;

namespace OciPS.Operations;

/// <summary>An entry of a layer of an image, and the way to its content.</summary>
internal sealed class ImageFile(ImageReference image, Descriptor layer, int layerIndex, TarEntry entry)
{
    private LayerReader? _live;

    public ImageReference Image { get; } = image;

    public Descriptor Layer { get; } = layer;

    public int LayerIndex { get; } = layerIndex;

    public TarEntry Entry { get; } = entry;

    /// <summary>Lends the reader that stands on this entry, until the result is disposed.</summary>
    public IDisposable GoLive(LayerReader reader)
    {
        _live = reader;
        return new Loan(this);
    }

    /// <summary>The content as it passes by, once; null if that is over.</summary>
    public Stream? TakeLive() => Interlocked.Exchange(ref _live, null)?.OpenContent();

    /// <summary>Reads the layer again, up to this entry.</summary>
    public async Task<Stream> ReopenAsync(CancellationToken cancellationToken)
    {
        IImageStore store = await StoreFactory.OpenAsync(Image, cancellationToken).ConfigureAwait(false);
        LayerReader? reader = null;
        try
        {
            reader = await LayerReader.OpenAsync(store, Layer, LayerIndex, SilentLog.Instance, null, withDiffId: false, cancellationToken).ConfigureAwait(false);
            TarEntry? found;
            do
            {
                found = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            while (found is not null && found.Ordinal < Entry.Ordinal);

            return found is not null && found.Name == Entry.Name
                ? new OwningStream(reader.OpenContent(), reader, store)
                : throw new ContentNotFoundException(ErrorIds.FileNotFoundInImage, $"'{Entry.Name}' is no longer in the layer {Layer.Digest}.");
        }
        catch
        {
            reader?.Dispose();
            store.Dispose();
            throw;
        }
    }

    private sealed class Loan(ImageFile file) : IDisposable
    {
        public void Dispose() => file._live = null;
    }

    private sealed class OwningStream(Stream content, params IDisposable[] owned) : ForwardStream
    {
        public override long Length => content.Length;

        public override int Read(Span<byte> buffer) => content.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            content.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                content.Dispose();
                Array.ForEach(owned, static thing => thing.Dispose());
            }

            base.Dispose(disposing);
        }
    }
}
