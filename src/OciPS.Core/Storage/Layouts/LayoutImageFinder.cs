// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>Finds the images of a layout, in a folder or an archive.</summary>
internal static class LayoutImageFinder
{
    public static IEnumerable<string> GetTags(ImageIndex index) => index.Manifests.Select(LayoutIndex.FindTag).OfType<string>().Distinct();

    /// <summary>Reads the manifest or index that a reference names.</summary>
    /// <param name="store">The layout.</param>
    /// <param name="index">Its <c>index.json</c>.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="findSize">The size of a blob; null if it does not exist.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<ManifestContent> ResolveAsync(
        IImageStore store, ImageIndex index, ImageReference reference, Func<Digest, long?> findSize, CancellationToken cancellationToken)
    {
        Descriptor entry = reference.Digest is { } digest ? FindByDigest(index, digest, reference, findSize)
            : LayoutIndex.Find(index, reference.Tag, reference.Path)
            ?? (reference.Tag is null ? await FindSubjectAsync(store, index, cancellationToken).ConfigureAwait(false) : null)
            ?? throw NotFound(index, reference);
        return await ReadAsync(store, entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the manifest or index of a descriptor.</summary>
    public static async Task<ManifestContent> ReadAsync(IImageStore store, Descriptor entry, CancellationToken cancellationToken)
    {
        string what = $"The manifest {entry.Digest} in '{store.Repository.Path}'";
        ReadOnlyMemory<byte> bytes = await store.ReadBlobAsync(
            entry, ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        return ManifestContent.Identify(bytes, entry.MediaType, entry.Digest, what);
    }

    private static Descriptor FindByDigest(ImageIndex index, Digest digest, ImageReference reference, Func<Digest, long?> findSize) =>
        index.Manifests.FirstOrDefault(entry => entry.Digest == digest)
        ?? (findSize(digest) is { } size
            ? new Descriptor(string.Empty, digest, size)
            : throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound, $"'{reference}' is not there: the layout has no manifest of that digest."));

    /// <summary>The only image that is not a referrer of another one, as signatures are; null if there are several.</summary>
    private static async Task<Descriptor?> FindSubjectAsync(IImageStore store, ImageIndex index, CancellationToken cancellationToken)
    {
        Descriptor? found = null;
        foreach (Descriptor entry in index.Manifests.DistinctBy(entry => entry.Digest))
        {
            if (!ReferrerIndex.IsOfDigest(LayoutIndex.FindTag(entry))
                && await LayoutReferrers.GetSubjectAsync(store, entry, cancellationToken).ConfigureAwait(false) is null)
            {
                if (found is not null)
                {
                    return null;
                }

                found = entry;
            }
        }

        return found;
    }

    private static OciException NotFound(ImageIndex index, ImageReference reference)
    {
        string[] tags = index.Manifests.Select(entry => LayoutIndex.FindTag(entry) ?? "@" + entry.Digest).Distinct().ToArray();
        string there = tags.Length == 0 ? "It has no image." : $"It has: {string.Join(", ", tags)}.";
        return reference.Tag is null && tags.Length > 0
            ? new InvalidInputException(
                ErrorIds.AmbiguousImage, $"The layout '{reference.Path}' has several images. Say which: {string.Join(", ", tags)}.")
            : new ContentNotFoundException(
                ErrorIds.ManifestNotFound,
                $"The layout '{reference.Path}' has no image{(reference.Tag is null ? "" : $" tagged '{reference.Tag}'")}. {there}");
    }
}
