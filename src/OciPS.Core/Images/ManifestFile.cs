// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Images;

/// <summary>Reads manifests from files.</summary>
internal static class ManifestFile
{
    /// <summary>Reads a manifest file, up to the maximum size of manifests.</summary>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(path).Length <= ManifestContent.MaximumSize
                ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)
                : throw new InvalidContentException(
                    ErrorIds.ManifestTooLarge,
                    $"'{path}' is larger than the {ManifestContent.MaximumSize} bytes that a manifest has at most.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ContentNotFoundException(ErrorIds.PathNotFound, $"There is no file '{path}'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The digest of a manifest as registries compute it: of schema 1, over the signed payload.</summary>
    public static Digest GetDigest(ReadOnlyMemory<byte> manifest, string what) =>
        Schema1Manifest.IsSchema1(manifest) ? Schema1Signature.GetDigest(manifest, null, what) : Digest.FromBytes(manifest.Span);
}
