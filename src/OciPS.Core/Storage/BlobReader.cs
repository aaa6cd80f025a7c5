// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;

namespace OciPS.Storage;

/// <summary>Reads blobs and verifies them.</summary>
internal static class BlobReader
{
    /// <summary>Opens a blob that is verified against its descriptor while it is read.</summary>
    public static async Task<VerifyingStream> OpenVerifiedAsync(
        this IImageStore store, Descriptor blob, string what, CancellationToken cancellationToken)
    {
        // Two concurrent readers may both get a damaged blob; both refetch it.
        Action? onDamage = store.DamageHandlerFor(blob.Digest);
        return new VerifyingStream(await store.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false), blob, what, onDamage);
    }

    /// <summary>Runs work that reads blobs, and repeats it from its beginning if a damaged blob may be intact when refetched.</summary>
    public static async Task<T> ReadAgainAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await read(cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidContentException error) when (error.MayRefetch)
            {
                // A blob that is damaged a second time no longer counts as refetchable.
            }
        }
    }

    /// <inheritdoc cref="ReadAgainAsync{T}"/>
    public static Task ReadAgainAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken) => ReadAgainAsync(
        async token =>
        {
            await read(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Opens a part of a blob from a local file; null if the blob is not in a file.</summary>
    public static async Task<Stream?> TryOpenPartAsync(
        IImageStore store, Descriptor blob, long offset, long length, CancellationToken cancellationToken)
    {
        Stream whole = await store.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false);
        if (whole is FileStream file)
        {
            return new CompositeDisposeStream(new FileRangeStream(file.SafeFileHandle, offset, length), file);
        }

        if (whole is ForwardStream forward && forward.TrySkip(offset))
        {
            return new LimitedStream(forward, length);
        }

        await whole.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>The error for an index entry of unknown media type that does not exist.</summary>
    public static ContentNotFoundException NoEntry(IImageStore store, Descriptor entry) => new(
        ErrorIds.ManifestNotFound,
        $"An index in '{store.Repository.Name}' lists {entry.Digest} of the type '{entry.MediaType}', but that is not there, "
            + "neither as a blob nor as a manifest: the index is incomplete.")
    {
        Remedy = Remedy.SelectPlatforms,
    };

    /// <summary>Reads a small blob into memory, a config for example.</summary>
    public static Task<ReadOnlyMemory<byte>> ReadBlobAsync(
        this IImageStore store, Descriptor blob, int maximumSize, string what, CancellationToken cancellationToken) =>
        ReadAgainAsync(token => ReadBlobOnceAsync(store, blob, maximumSize, what, token), cancellationToken);

    /// <summary>Reads a config.</summary>
    public static async Task<ImageConfig> ReadConfigAsync(
        this IImageStore store, Descriptor config, string what, CancellationToken cancellationToken) =>
        ImageConfig.Parse(await store.ReadBlobAsync(config, ImageConfig.MaximumSize, what, cancellationToken).ConfigureAwait(false), what);

    /// <summary>Reads an image's config.</summary>
    public static async Task<ImageConfig> ReadConfigAsync(
        this IImageStore store, ImageManifest manifest, string what, CancellationToken cancellationToken) =>
        manifest.Schema1 is { } schema1
            ? ImageConfig.Parse(Schema1Config.Create(schema1, null, what), what)
            : await store.ReadConfigAsync(manifest.Config, what, cancellationToken).ConfigureAwait(false);

    private static async Task<ReadOnlyMemory<byte>> ReadBlobOnceAsync(
        IImageStore store, Descriptor blob, int maximumSize, string what, CancellationToken cancellationToken)
    {
        if (!blob.SizeIsKnown)
        {
            throw new InvalidOperationException($"{what} cannot be read in one piece, since its size is not known.");
        }

        if (blob.Size > maximumSize)
        {
            throw new InvalidContentException(
                ErrorIds.ManifestTooLarge, $"{what} has {blob.Size} bytes; no more than {maximumSize} are read.");
        }

        VerifyingStream stream = await store.OpenVerifiedAsync(blob, what, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] bytes = new byte[blob.Size];
            await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            await stream.DrainAsync(cancellationToken).ConfigureAwait(false);
            return bytes;
        }
    }

    /// <summary>
    /// Reads a config that may be an image's, according to its media type or its content (a <c>rootfs</c>). Null if it is not an image's.
    /// </summary>
    public static async Task<ImageConfig?> TryReadConfigAsync(
        this IImageStore store, ImageManifest manifest, string what, CancellationToken cancellationToken)
    {
        if (MediaTypes.IsImageConfig(manifest.Config.MediaType))
        {
            return await store.ReadConfigAsync(manifest, what, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            ImageConfig config = await store.ReadConfigAsync(manifest, what, cancellationToken).ConfigureAwait(false);
            return config.DiffIds is null ? null : config;
        }
        catch (InvalidContentException error) when (error.ErrorId is ErrorIds.InvalidConfig or ErrorIds.ManifestTooLarge)
        {
            return null;
        }
    }
}
