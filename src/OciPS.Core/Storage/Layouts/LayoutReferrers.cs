// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>The referrers of a manifest in a layout: entries of its index, and entries of the index under the fallback tag.</summary>
/// <remarks>The specification defines no place for referrers in layouts; this reads what oras and regctl write.</remarks>
internal static class LayoutReferrers
{
    public static async Task<IReadOnlyList<Descriptor>> ListAsync(
        IImageStore store, ImageIndex index, Digest subject, CancellationToken cancellationToken)
    {
        var referrers = new List<Descriptor>();
        string fallback = ReferrerIndex.FallbackTag(subject);
        foreach (Descriptor entry in index.Manifests.DistinctBy(entry => entry.Digest))
        {
            if (LayoutIndex.FindTag(entry) == fallback)
            {
                ManifestContent list = await ReadAsync(store, entry, cancellationToken).ConfigureAwait(false);
                referrers.AddRange(ImageIndex.Parse(list, What(entry)).Manifests);
            }
            else if (await GetSubjectAsync(store, entry, cancellationToken).ConfigureAwait(false) == subject)
            {
                referrers.Add(entry);
            }
        }

        return referrers.DistinctBy(referrer => referrer.Digest).ToArray();
    }

    /// <summary>The subject of an index entry; null if it is not a referrer.</summary>
    public static async Task<Digest?> GetSubjectAsync(IImageStore store, Descriptor entry, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsIndex(entry.MediaType) && !MediaTypes.IsManifest(entry.MediaType))
        {
            return null;
        }

        ManifestContent content = await ReadAsync(store, entry, cancellationToken).ConfigureAwait(false);
        return ReferrerIndex.GetSubject(content, What(entry))?.Digest;
    }

    private static Task<ManifestContent> ReadAsync(IImageStore store, Descriptor entry, CancellationToken cancellationToken) =>
        store.ResolveAsync(store.Repository.WithDigest(entry.Digest), MediaTypes.AllManifests, cancellationToken);

    private static string What(Descriptor entry) => $"The manifest {entry.Digest}";
}
