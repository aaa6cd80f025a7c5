// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Tells what a write comes to, before any blob is moved.</summary>
internal static class DigestForecast
{
    /// <summary>Opens a destination that nothing is written to.</summary>
    public static IImageStore Open(ImageReference destination, OciSession session) =>
        new DryRunStore(StoreFactory.OpenDestination(destination, session.BeginQuietly()));

    /// <param name="tree">What would be written.</param>
    /// <param name="kept">The nodes that stay.</param>
    /// <param name="destination">Where it would go.</param>
    /// <param name="options">What would change on the way.</param>
    /// <param name="session">The session.</param>
    /// <param name="rewrite">Makes the new manifest of an image.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The digest; null where only the conversion of an image of schema 1 can tell.</returns>
    /// <exception cref="InvalidContentException">It is another one than the destination names.</exception>
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
