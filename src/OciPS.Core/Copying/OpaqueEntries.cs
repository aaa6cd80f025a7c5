// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.Storage;
using OciPS.Storage.Capabilities;

namespace OciPS.Copying;

/// <summary>Copies index entries of unknown media types unchanged, as blob or manifest.</summary>
/// <remarks>Image specification, "Image Index": an entry of an unknown type is ignored by readers, and stays in the index.</remarks>
internal sealed class OpaqueEntries(IImageStore source, IImageStore destination, BlobCopier copier)
{
    /// <summary>Copies the entries of unknown types among some nodes.</summary>
    public async Task CopyAsync(IEnumerable<ImageNode> nodes, CancellationToken cancellationToken)
    {
        foreach (Descriptor entry in nodes.OfType<OpaqueNode>().Select(node => node.Entry).DistinctBy(entry => entry.Digest))
        {
            await CopyAsync(entry, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CopyAsync(Descriptor entry, CancellationToken cancellationToken)
    {
        ContentPlace place = await source.LocateAsync(entry, cancellationToken).ConfigureAwait(false);
        if (source.Repository.SameRepository(destination.Repository))
        {
            return;
        }

        if (place == ContentPlace.Manifest || (place == ContentPlace.Either && MayBeManifest(entry)))
        {
            await PutAsync(await ReadAsync(entry, place, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await copier.CopyAsync(source, entry, "An entry of the index", cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool MayBeManifest(Descriptor entry) =>
        entry.Size <= ManifestContent.MaximumSize && entry.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase);

    private async Task<ManifestContent> ReadAsync(Descriptor entry, ContentPlace place, CancellationToken cancellationToken)
    {
        string what = $"The entry {entry.Digest} of an index in '{source.Repository.Name}'";
        if (place == ContentPlace.Either)
        {
            ReadOnlyMemory<byte> bytes = await source.ReadBlobAsync(
                entry, ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
            return new ManifestContent(entry.MediaType, bytes, entry.Digest);
        }

        ManifestContent content = await source.ResolveAsync(
            source.Repository.WithDigest(entry.Digest),
            [.. MediaTypes.AllManifests, entry.MediaType],
            cancellationToken).ConfigureAwait(false);
        return content.Bytes.Length == entry.Size
            ? content with { MediaType = entry.MediaType }
            : throw new InvalidContentException(
                ErrorIds.SizeMismatch, $"{what} has {content.Bytes.Length} bytes, but its index says {entry.Size}.");
    }

    /// <summary>Writes a manifest; as a blob if the registry refuses its media type.</summary>
    private async Task PutAsync(ManifestContent content, CancellationToken cancellationToken)
    {
        try
        {
            await destination.PutChildAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (error.StatusCode is 400 or 415 or 422 && error.ErrorId == ErrorIds.RegistryError)
        {
            await copier.WriteAsync(content.Bytes, content.Descriptor, "An entry of the index", cancellationToken).ConfigureAwait(false);
        }
    }
}
