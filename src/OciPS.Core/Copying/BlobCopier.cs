// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Copies blobs to a destination, skips what is there, mounts what can be mounted, and counts bytes.</summary>
internal sealed class BlobCopier(IImageStore destination, OperationContext operation)
{
    private long _transferred;
    private long _mounted;

    public long BytesTransferred => Interlocked.Read(ref _transferred);

    public long BytesMounted => Interlocked.Read(ref _mounted);

    /// <summary>Copies a blob unless the destination has it.</summary>
    public Task CopyAsync(IImageStore source, Descriptor blob, string what, CancellationToken cancellationToken) =>
        InTurnAsync(() => CopyNowAsync(source, blob, what, cancellationToken), cancellationToken);

    /// <summary>Copies blobs that the destination does not have, several at a time.</summary>
    public Task CopyAllAsync(IImageStore source, IEnumerable<Descriptor> blobs, string what, CancellationToken cancellationToken)
    {
        Descriptor[] all = [.. blobs];
        long left = all.Sum(blob => blob.Size);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = OciSession.ParallelTransfers, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(all, parallel, async (blob, token) =>
        {
            operation.Log.Expect(Interlocked.Add(ref left, -blob.Size));
            await (MediaTypes.IsForeignLayer(blob.MediaType)
                ? CopyForeignAsync(source, blob, what, token)
                : CopyAsync(source, blob, what, token)).ConfigureAwait(false);
        });
    }

    /// <summary>
    /// Copies a non-distributable layer if the source has it. A layer with URLs is neither fetched from a registry nor sent to one.
    /// </summary>
    /// <remarks>Image specification, "Non-Distributable Layers".</remarks>
    private async Task CopyForeignAsync(IImageStore source, Descriptor layer, string what, CancellationToken cancellationToken)
    {
        if (source.Repository.SameRepository(destination.Repository))
        {
            return;
        }

        string why = $"the image names other addresses for it: {string.Join(", ", layer.Urls)}";
        if (layer.Urls.Count == 0 || (source.IsLocal && destination.IsLocal))
        {
            try
            {
                await CopyAsync(source, layer, what, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ContentNotFoundException)
            {
                why = $"'{source.Repository.Name}' does not have it";
            }
        }

        operation.Log.Warning($"The layer {layer.Digest} ('{layer.MediaType}') is not copied: {why}.");
    }

    /// <summary>Copies a layer unless the destination has it, and in the same pass reads what its manifest does not say.</summary>
    public Task<CopiedLayer> CopyLayerAsync(IImageStore source, Descriptor layer, CancellationToken cancellationToken) =>
        InTurnAsync(() => CopyLayerNowAsync(source, layer, cancellationToken), cancellationToken);

    /// <summary>Writes a small new blob unless the destination has it.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, Descriptor blob, string what, CancellationToken cancellationToken)
    {
        if (!await destination.BlobExistsAsync(blob, cancellationToken).ConfigureAwait(false))
        {
            await WriteAsync(BlobSource.FromBytes(bytes, blob), what, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a blob that the destination does not have.</summary>
    public Task<WrittenBlob> WriteAsync(BlobSource source, string what, CancellationToken cancellationToken) =>
        InTurnAsync(() => WriteNowAsync(source, what, cancellationToken), cancellationToken);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> transfer, CancellationToken cancellationToken)
    {
        // Waiting for another writer must not occupy a slot that the other writer needs.
        await destination.BeginAsync(cancellationToken).ConfigureAwait(false);
        await operation.Session.Transfers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await transfer().ConfigureAwait(false);
        }
        finally
        {
            operation.Session.Transfers.Release();
        }
    }

    private async Task<long> CopyNowAsync(IImageStore source, Descriptor blob, string what, CancellationToken cancellationToken)
    {
        if (await destination.BlobExistsAsync(blob, cancellationToken).ConfigureAwait(false))
        {
            operation.Log.Verbose($"{what} ({blob.Digest}) is in '{destination.Repository.Name}' already.");
            return 0;
        }

        if (source.Repository.SameRepository(destination.Repository))
        {
            throw new ContentNotFoundException(
                ErrorIds.BlobNotFound,
                $"The blob {blob.Digest} ({blob.MediaType}) is missing in '{source.Repository.Name}': the image is incomplete.");
        }

        if (await destination.TryMountAsync(blob, source, cancellationToken).ConfigureAwait(false))
        {
            operation.Log.Verbose($"{what} ({blob.Digest}) was mounted from '{source.Repository.Name}'.");
            Interlocked.Add(ref _mounted, blob.Size);
            return 0;
        }

        BlobSource watched = BlobSource.FromStore(
            source, blob, content => new ProgressStream(content, $"blob {blob.Digest.Short}", blob.Size, operation.Log));
        return (await WriteNowAsync(watched, what, cancellationToken).ConfigureAwait(false)).Size;
    }

    private async Task<CopiedLayer> CopyLayerNowAsync(IImageStore source, Descriptor layer, CancellationToken cancellationToken)
    {
        bool isThere = source.Repository.SameRepository(destination.Repository)
            || await destination.BlobExistsAsync(layer, cancellationToken).ConfigureAwait(false);
        bool isMounted = !isThere && await destination.TryMountAsync(layer, source, cancellationToken).ConfigureAwait(false);
        CopiedLayer copied = default;
        async Task ReadAsync(Stream output, CancellationToken token)
        {
            using LayerReader reader = await LayerReader.OpenAsync(
                new Layer(source, source.Repository, [layer], 0, operation),
                LayerHashing.Whole,
                null,
                compressed => new TapStream(compressed, output),
                token).ConfigureAwait(false);
            Digest diffId = (await reader.FinishAsync(token).ConfigureAwait(false)).Digest;
            copied = new CopiedLayer(layer.Digest, reader.CompressedSize, diffId, reader.Compression);
        }

        if (isThere || isMounted)
        {
            await BlobReader.ReadAgainAsync(token => ReadAsync(Stream.Null, token), cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _mounted, isMounted ? copied.Size : 0);
        }
        else
        {
            await WriteNowAsync(
                new BlobSource(ReadAsync, layer.SizeIsKnown ? layer : null, layer.Digest.Kind),
                "Layer",
                cancellationToken).ConfigureAwait(false);
        }

        return copied;
    }

    private async Task<WrittenBlob> WriteNowAsync(BlobSource source, string what, CancellationToken cancellationToken)
    {
        WrittenBlob written = await BlobReader.ReadAgainAsync(
            token => destination.WriteBlobAsync(source, token), cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _transferred, written.Size);
        operation.Log.Verbose($"{what} ({written.Digest}, {written.Size} bytes) was written to '{destination.Repository.Name}'.");
        return written;
    }
}
