// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Finds what speaks of an image and is no part of it: referrers, and cosign's tags.</summary>
/// <remarks>Distribution specification, "Listing Referrers"; cosign, "Signature Specification", section "Tag-based discovery".</remarks>
internal sealed class ReferrerFinder(IImageStore store)
{
    private static readonly string[] s_cosignSuffixes = [".sig", ".att", ".sbom"];

    /// <summary>Something that speaks of an image.</summary>
    /// <param name="Tag">The tag by which it is found; null for a referrer, which names its subject itself.</param>
    /// <param name="Digest">Its digest.</param>
    /// <param name="Name">What it is, for people.</param>
    public sealed record Found(string? Tag, Digest Digest, string Name);

    /// <summary>All that speaks of a manifest or index.</summary>
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
            // A place that answers any tag gives the image itself.
            return content.Digest == subject ? null : new Found(tag, content.Digest, tag);
        }
        catch (ContentNotFoundException)
        {
            return null;
        }
    }
}
