// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>Lists the blobs of a layout's images.</summary>
internal static class LayoutContents
{
    /// <summary>All existing blobs that belong to an image, ordered by digest.</summary>
    /// <param name="store">The layout.</param>
    /// <param name="index">Its <c>index.json</c>.</param>
    /// <param name="findSize">The size of a blob; null if it does not exist.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
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

        // Every blob that such a document refers to belongs to the layout, whatever its media type.
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
                // The content is not JSON, so it names no digests.
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
