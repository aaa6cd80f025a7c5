// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Finds artifacts that refer to an image: referrers, and cosign's tags.</summary>
/// <remarks>Distribution specification, "Listing Referrers"; cosign, "Signature Specification", section "Tag-based discovery".</remarks>
internal sealed class ReferrerFinder(IImageStore store)
{
    private static readonly string[] s_cosignSuffixes = [".sig", ".att", ".sbom"];

    /// <summary>An artifact that refers to an image.</summary>
    /// <param name="Tag">The cosign tag; null for a referrer, which names its subject itself.</param>
    /// <param name="Digest">Its digest.</param>
    /// <param name="Name">A name for messages.</param>
    public sealed record Found(string? Tag, Digest Digest, string Name);

    /// <summary>All artifacts that refer to a manifest or index.</summary>
    public async Task<IReadOnlyList<Found>> FindAsync(Digest subject, CancellationToken cancellationToken)
    {
        Task<Found?>[] tagged = s_cosignSuffixes.Select(
            suffix => FindTagAsync(subject, ReferrerIndex.FallbackTag(subject) + suffix, cancellationToken)).ToArray();
        IReadOnlyList<Descriptor> referrers = await store.ListReferrersAsync(subject, cancellationToken).ConfigureAwait(false);
        Found?[] tags = await Task.WhenAll(tagged).ConfigureAwait(false);
        return referrers
            .Select(referrer => new Found(null, referrer.Digest, $"{referrer.ArtifactType ?? referrer.MediaType} ({referrer.Digest})"))
            .Concat(tags.OfType<Found>())
            .ToArray();
    }

    private async Task<Found?> FindTagAsync(Digest subject, string tag, CancellationToken cancellationToken)
    {
        try
        {
            ManifestContent content = await store.ResolveAsync(
                store.Repository.WithTag(tag), MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            // A store that resolves any tag returns the image itself.
            return content.Digest == subject ? null : new Found(tag, content.Digest, tag);
        }
        catch (ContentNotFoundException)
        {
            return null;
        }
    }
}
