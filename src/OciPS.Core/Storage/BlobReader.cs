// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;

namespace OciPS.Storage;

/// <summary>Reads blobs so that nothing wrong gets through.</summary>
internal static class BlobReader
{
    /// <summary>Opens a blob that is checked against its descriptor while it is read.</summary>
    public static async Task<VerifyingStream> OpenVerifiedAsync(
        this IImageStore store, Descriptor blob, string what, CancellationToken cancellationToken)
    {
        // Two that read it at once may both get it damaged, and both ask again.
        Action? onDamage = store.DamageHandlerFor(blob.Digest);
        return new VerifyingStream(await store.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false), blob, what, onDamage);
    }

    /// <summary>Does what reads blobs, and again from its beginning where one came damaged that may come right.</summary>
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
                // A blob that came damaged for the second time says so no more.
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

    /// <summary>Opens a part of a blob that is in a file; null if it is not.</summary>
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

    /// <summary>The error that an index lists something of a type that is not known here, and it is not there.</summary>
    public static ContentNotFoundException NoEntry(IImageStore store, Descriptor entry) => new(
        ErrorIds.ManifestNotFound,
        $"An index in '{store.Repository.Name}' lists {entry.Digest} of the type '{entry.MediaType}', but that is not there, "
            + "neither as a blob nor as a manifest: the index is incomplete.")
    {
        Remedy = Remedy.SelectPlatforms,
    };

    /// <summary>Reads a whole small blob, a config for instance.</summary>
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
    /// Reads the config of what may be an image: its type says so, or its content does, which has a <c>rootfs</c>. Null if it is none of an
    /// image.
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
