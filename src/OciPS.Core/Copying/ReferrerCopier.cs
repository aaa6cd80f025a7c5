// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Storage.Capabilities;

namespace OciPS.Copying;

/// <summary>Copies the referrers and cosign artifacts of copied images, and warns of those of changed images.</summary>
internal sealed class ReferrerCopier(ImageTree tree, IImageStore destination, BlobCopier copier, OperationContext operation)
{
    private const int MaximumDepth = 8;

    private readonly ReferrerFinder _finder = new(tree.Store);
    private readonly HashSet<Digest> _copied = [];

    /// <summary>Copies the referrers of manifests and indexes that were written unchanged.</summary>
    public async Task CopyAsync(IReadOnlyDictionary<ImageNode, ManifestContent> written, CancellationToken cancellationToken)
    {
        if (destination.As<IReferrerStore>() is null)
        {
            operation.Log.Warning(
                $"'{destination.Repository.Name}' cannot hold referrers; signatures, attestations and SBOMs are not copied.");
            return;
        }

        foreach ((ImageNode node, ManifestContent content) in written)
        {
            if (node.Digest == content.Digest)
            {
                await CopyAsync(node.Digest, 1, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Warns of the referrers of manifests and indexes that have changed.</summary>
    public async Task WarnAboutStaleAsync(IReadOnlyDictionary<ImageNode, ManifestContent> written, CancellationToken cancellationToken)
    {
        IEnumerable<Digest> changed = written.Where(node => node.Key.Digest != node.Value.Digest).Select(node => node.Key.Digest)
            .Distinct();
        foreach (Digest digest in changed)
        {
            foreach (ReferrerFinder.Found found in await TryFindAsync(digest, cancellationToken).ConfigureAwait(false))
            {
                operation.Log.Warning(
                    $"{found.Name} in '{tree.Store.Repository.Name}' refers to {digest}, and that is not what was written: a signature, "
                        + "an attestation or an SBOM has to be made again for the new image.");
            }
        }
    }

    private async Task CopyAsync(Digest subject, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaximumDepth || !_copied.Add(subject))
        {
            return;
        }

        foreach (ReferrerFinder.Found found in await _finder.FindAsync(subject, cancellationToken).ConfigureAwait(false))
        {
            ImageReference reference = tree.Store.Repository.WithDigest(found.Digest);
            ManifestContent content = await tree.Store.ResolveAsync(
                reference, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            if (found.Tag is null && ReferrerIndex.SubjectIn(content.Bytes, $"The manifest of '{reference}'") != subject)
            {
                operation.Log.Verbose($"{found.Name} is listed as a referrer of {subject}, but is none: it is not copied.");
                continue;
            }

            ImageTree referrer = await ImageTree.ReadAsync(tree.Store, reference, content, cancellationToken).ConfigureAwait(false);
            await WriteAsync(referrer, found.Tag, cancellationToken).ConfigureAwait(false);
            operation.Log.Verbose($"{found.Name}, which refers to {subject}, was copied too.");
            await CopyAsync(found.Digest, depth + 1, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(ImageTree referrer, string? tag, CancellationToken cancellationToken)
    {
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(referrer, operation, cancellationToken).ConfigureAwait(false);
        await copier.CopyAllAsync(tree.Store, ImageCopier.GetBlobs(all), "Blob", cancellationToken).ConfigureAwait(false);
        await new OpaqueEntries(tree.Store, destination, copier).CopyAsync(all, cancellationToken).ConfigureAwait(false);
        var writer = new ImageGraphWriter(referrer, all, destination, new WriteOptions(), operation);
        ManifestContent root = await writer.PrepareAsync(ImageGraphWriter.AsItIs, cancellationToken).ConfigureAwait(false);
        await destination.PutManifestAsync(root, tag, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The result is only used for a warning: a registry's failure to list is not an error.</summary>
    private async Task<IReadOnlyList<ReferrerFinder.Found>> TryFindAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            return await _finder.FindAsync(digest, cancellationToken).ConfigureAwait(false);
        }
        catch (OciException error)
        {
            operation.Log.Verbose(
                $"The referrers of {digest} could not be listed: {error.Message}", error.Remedy, error.RemedySubject);
            return [];
        }
    }
}
