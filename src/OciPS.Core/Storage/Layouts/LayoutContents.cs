// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>What a layout's index leads to.</summary>
internal static class LayoutContents
{
    /// <summary>All blobs that are there and belong to an image, by their digests in order.</summary>
    /// <param name="store">The layout.</param>
    /// <param name="index">Its <c>index.json</c>.</param>
    /// <param name="findSize">The size of a blob that is there; null for others.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<Descriptor>> ListAsync(
        IImageStore store, ImageIndex index, Func<Digest, long?> findSize, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<string, Descriptor>(StringComparer.Ordinal);
        var manifests = new HashSet<Digest>();
        var pending = new Queue<Descriptor>(index.Manifests);
        while (pending.TryDequeue(out Descriptor? entry))
        {
            if (!Add(entry.Digest) || !manifests.Add(entry.Digest))
            {
                continue;
            }

            if (!IsManifest(entry))
            {
                await AddNamedAsync(entry).ConfigureAwait(false);
                continue;
            }

            ManifestContent content = await LayoutImageFinder.ReadAsync(store, entry, cancellationToken).ConfigureAwait(false);
            string what = $"The manifest {entry.Digest} in '{store.Repository.Path}'";
            foreach (Digest digest in NamedDigests.In(content.Bytes, what))
            {
                Add(digest);
            }

            if (MediaTypes.IsIndex(content.MediaType))
            {
                ImageIndex.Parse(content, what).Manifests.ToList().ForEach(pending.Enqueue);
            }
        }

        return found.Values.ToArray();

        // What such a document refers to belongs to the layout, whatever its type.
        async Task AddNamedAsync(Descriptor entry)
        {
            if (!entry.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase) || entry.Size > ManifestContent.MaximumSize)
            {
                return;
            }

            string what = $"The entry {entry.Digest} in '{store.Repository.Path}'";
            try
            {
                ReadOnlyMemory<byte> bytes = await store.ReadBlobAsync(
                    entry, ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
                foreach (Digest digest in NamedDigests.In(bytes, what))
                {
                    Add(digest);
                }
            }
            catch (InvalidContentException)
            {
                // It is no JSON, and names nothing.
            }
        }

        bool Add(Digest digest)
        {
            if (findSize(digest) is not { } size)
            {
                return false;
            }

            found[digest.ToString()] = new Descriptor(string.Empty, digest, size);
            return true;
        }
    }

    private static bool IsManifest(Descriptor entry) => entry.MediaType.Length == 0 || MediaTypes.AllManifests.Contains(entry.MediaType);
}
