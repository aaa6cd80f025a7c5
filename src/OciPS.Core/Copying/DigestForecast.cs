// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Predicts the digest of a write, before any blob is copied.</summary>
internal static class DigestForecast
{
    /// <summary>Opens a destination for a dry run.</summary>
    public static IImageStore Open(ImageReference destination, OciSession session) =>
        new DryRunStore(StoreFactory.OpenDestination(destination, session.BeginQuietly()));

    /// <param name="tree">The source.</param>
    /// <param name="kept">The nodes to write.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="options">The changes to manifests.</param>
    /// <param name="session">The session.</param>
    /// <param name="rewrite">Makes the new manifest of an image.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The digest; null if it is known only after the conversion of a schema 1 image.</returns>
    /// <exception cref="InvalidContentException">It differs from the digest in the destination.</exception>
    public static async Task<Digest?> FindAsync(
        ImageTree tree,
        IReadOnlySet<ImageNode> kept,
        ImageReference destination,
        WriteOptions options,
        OciSession session,
        Func<ManifestNode, CancellationToken, Task<ManifestContent>> rewrite,
        CancellationToken cancellationToken)
    {
        if (kept.OfType<ManifestNode>().Any(image => image.Manifest.Schema1 is not null))
        {
            return null;
        }

        using IImageStore store = Open(destination, session);
        var writer = new ImageGraphWriter(tree, kept, store, options, session.BeginQuietly());
        ManifestContent root = await writer.PrepareAsync(rewrite, cancellationToken).ConfigureAwait(false);
        return ExpectedDigest.Check(destination, root, tree, writer.Changes).Digest;
    }
}
