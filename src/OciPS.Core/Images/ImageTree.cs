// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>The manifest or index of a reference, with all manifests and indexes below it, and their store.</summary>
internal sealed class ImageTree : IDisposable
{
    /// <summary>The maximum nesting depth of indexes.</summary>
    public const int MaximumDepth = 8;

    /// <summary>
    /// The most manifests below an index, nested indexes included: small indexes that list each other could stand for any number.
    /// </summary>
    public const int MaximumNodes = 10_000;

    private const int ParallelReads = 8;

    private ImageTree(ImageReference reference, IImageStore store, ManifestContent content, ImageNode root)
    {
        Reference = reference;
        Store = store;
        Content = content;
        Root = root;
    }

    public ImageReference Reference { get; }

    public IImageStore Store { get; }

    /// <summary>The root manifest or index.</summary>
    public ManifestContent Content { get; }

    public ImageNode Root { get; }

    /// <summary>The images, in the order of the indexes that list them, without attestations.</summary>
    public IReadOnlyList<ManifestNode> Images => Root.All.OfType<ManifestNode>().Where(node => !node.IsAttestation).ToArray();

    /// <summary>Reads the manifest or index of a reference, and everything below it.</summary>
    public static async Task<ImageTree> OpenAsync(
        ImageReference reference, ManifestMode mode, OperationContext operation, CancellationToken cancellationToken)
    {
        IImageStore store = await StoreFactory.OpenAsync(reference, operation, cancellationToken).ConfigureAwait(false);
        try
        {
            ManifestContent content = await ManifestResolver.ResolveAsync(store, reference, mode, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(store, reference, content, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything below a manifest or index.</summary>
    public static async Task<ImageTree> ReadAsync(
        IImageStore store, ImageReference reference, ManifestContent content, CancellationToken cancellationToken)
    {
        ImageNode root = await new Reader(store, reference, cancellationToken)
            .ReadAsync(content.Descriptor, content, 1, cancellationToken).ConfigureAwait(false);
        return new ImageTree(reference, store, content, root);
    }

    public void Dispose() => Store.Dispose();

    /// <summary>Reads each manifest once, however often it is listed.</summary>
    /// <param name="store">The store of the manifests.</param>
    /// <param name="reference">The root.</param>
    /// <param name="operation">Cancels everything: several readers may wait for one manifest.</param>
    private sealed class Reader(IImageStore store, ImageReference reference, CancellationToken operation)
    {
        private readonly ConcurrentDictionary<Digest, Lazy<Task<ManifestContent>>> _contents = [];
        private readonly ConcurrentDictionary<Digest, Lazy<ImageIndex>> _indexes = [];
        private readonly ConcurrentDictionary<Digest, Lazy<ImageManifest>> _images = [];
        private int _nodes = 1;

        public async Task<ImageNode> ReadAsync(Descriptor entry, ManifestContent content, int depth, CancellationToken cancellationToken)
        {
            if (!MediaTypes.IsIndex(content.MediaType))
            {
                return new ManifestNode(entry, ParseOnce(_images, content, () => ManifestResolver.ParseImage(content, reference)));
            }

            if (depth > MaximumDepth)
            {
                throw new InvalidContentException(
                    ErrorIds.InvalidManifest,
                    $"'{reference}' has indexes nested deeper than {MaximumDepth} levels, down to {content.Digest}.");
            }

            ImageIndex index = ParseOnce(
                _indexes, content, () => ImageIndex.Parse(content, $"The manifest {content.Digest} of '{reference}'"));
            if (Interlocked.Add(ref _nodes, index.Manifests.Count) > MaximumNodes)
            {
                throw new InvalidContentException(
                    ErrorIds.InvalidManifest,
                    $"'{reference}' lists more than {MaximumNodes} manifests, including those of nested indexes.");
            }

            var children = new ImageNode[index.Manifests.Count];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Enumerable.Range(0, children.Length), parallel, async (i, token) =>
                children[i] = await ReadEntryAsync(index.Manifests[i], depth, token).ConfigureAwait(false)).ConfigureAwait(false);
            return new IndexNode(entry, index, children);
        }

        private async Task<ImageNode> ReadEntryAsync(Descriptor entry, int depth, CancellationToken cancellationToken)
        {
            // Decided by the descriptor, before the entry is fetched.
            if (!MediaTypes.MayBeManifest(entry.MediaType))
            {
                return new OpaqueNode(entry);
            }

            ManifestContent content;
            try
            {
                content = await _contents.GetOrAdd(entry.Digest, FetchOnce).Value.ConfigureAwait(false);
            }
            catch (ContentNotFoundException error)
            {
                return new MissingNode(entry, new ContentNotFoundException(
                    ErrorIds.ManifestNotFound,
                    $"'{reference}' lists {entry.DisplayName()}, but that is not there: the index is incomplete.",
                    error)
                {
                    Remedy = Remedy.SelectPlatformsOrCopySparse,
                });
            }

            if (content.Bytes.Length != entry.Size)
            {
                throw new InvalidContentException(
                    ErrorIds.SizeMismatch,
                    $"The manifest {entry.Digest} of '{reference}' has {content.Bytes.Length} bytes, but its index says {entry.Size}.");
            }

            return entry.MediaType.Length == 0 && (content.MediaType.Length == 0 || !MediaTypes.MayBeManifest(content.MediaType))
                ? new OpaqueNode(entry)
                : await ReadAsync(entry, content, depth + 1, cancellationToken).ConfigureAwait(false);
        }

        private Lazy<Task<ManifestContent>> FetchOnce(Digest digest) =>
            new(() => store.ResolveAsync(reference with { Digest = digest }, MediaTypes.AllManifests, operation));

        private static T ParseOnce<T>(ConcurrentDictionary<Digest, Lazy<T>> parsed, ManifestContent content, Func<T> parse) =>
            parsed.GetOrAdd(content.Digest, _ => new Lazy<T>(parse)).Value;
    }
}
