// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.Support;

/// <summary>Copies images between stores: blobs, then the images of an index, then the manifest.</summary>
internal static class StoreCopy
{
    /// <summary>Copies what a reference names, and returns its manifest.</summary>
    public static async Task<ManifestContent> RunAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        ImageReference target = ImageReference.Parse(to);
        using IImageStore destination = StoreFactory.OpenDestination(target, TestSession.Begin());
        return await RunAsync(from, destination, target.Tag, cancellationToken);
    }

    public static async Task<ManifestContent> RunAsync(
        string from, IImageStore destination, string? tag, CancellationToken cancellationToken = default)
    {
        ImageReference reference = ImageReference.Parse(from);
        using IImageStore source = await StoreFactory.OpenAsync(reference, TestSession.Begin(), cancellationToken);
        ManifestContent content = await source.ResolveAsync(reference, MediaTypes.AllManifests, cancellationToken);
        var copier = new BlobCopier(destination, TestSession.Begin());
        await CopyBlobsAsync(source, content, copier, destination, cancellationToken);
        content = Convert(source, content, destination);
        await destination.PutManifestAsync(content, tag, cancellationToken);
        await destination.CompleteAsync(cancellationToken);
        return content;
    }

    // What has no manifest of its own gets one as its destination wants it.
    private static ManifestContent Convert(IImageStore source, ManifestContent content, IImageStore destination)
    {
        if (source.Repository.Transport != Transport.DockerArchive || destination.PreferredFormat == ManifestFormat.Docker)
        {
            return content;
        }

        ImageManifest image = ImageManifest.Parse(content, "The image");
        return ManifestEditor.Create(
            ManifestFormat.Oci,
            image.Config with { MediaType = MediaTypes.OciConfig },
            image.Layers.Select(layer => layer with { MediaType = MediaTypes.OciLayer }));
    }

    /// <summary>Reads all of an image or of the images of an index, each blob checked, and returns the digest of the manifest.</summary>
    public static async Task<string> ReadAllAsync(string from)
    {
        ImageReference reference = ImageReference.Parse(from);
        using IImageStore source = await StoreFactory.OpenAsync(reference, TestSession.Begin(), CancellationToken.None);
        ManifestContent content = await source.ResolveAsync(reference, MediaTypes.AllManifests, CancellationToken.None);
        foreach (ManifestContent image in await ImagesAsync(source, content))
        {
            ImageManifest manifest = ImageManifest.Parse(image, from);
            foreach (Descriptor blob in manifest.Layers.Append(manifest.Config))
            {
                using Stream stream = await source.OpenVerifiedAsync(blob, from, CancellationToken.None);
                await stream.CopyToAsync(Stream.Null);
            }
        }

        return content.Digest.ToString();
    }

    /// <summary>The tags that a reference's place has.</summary>
    public static async Task<string[]> TagsAsync(string place)
    {
        using IImageStore store = await StoreFactory.OpenAsync(ImageReference.Parse(place), TestSession.Begin(), CancellationToken.None);
        var tags = new List<string>();
        await foreach (string tag in store.ListTagsAsync(CancellationToken.None))
        {
            tags.Add(tag);
        }

        return [.. tags];
    }

    private static async Task CopyBlobsAsync(
        IImageStore source, ManifestContent content, BlobCopier copier, IImageStore destination, CancellationToken cancellationToken)
    {
        if (MediaTypes.IsIndex(content.MediaType))
        {
            foreach (ManifestContent child in await ImagesAsync(source, content))
            {
                await CopyBlobsAsync(source, child, copier, destination, cancellationToken);
                await destination.PutChildAsync(child, cancellationToken);
            }

            return;
        }

        ImageManifest image = ImageManifest.Parse(content, "The image");
        await copier.CopyAllAsync(source, image.Layers.Append(image.Config).DistinctBy(blob => blob.Digest), "Blob", cancellationToken);
    }

    private static async Task<IReadOnlyList<ManifestContent>> ImagesAsync(IImageStore source, ManifestContent content)
    {
        if (!MediaTypes.IsIndex(content.MediaType))
        {
            return [content];
        }

        var images = new List<ManifestContent>();
        foreach (Descriptor entry in ImageIndex.Parse(content, "The index").Manifests)
        {
            images.Add(
                await source.ResolveAsync(source.Repository.WithDigest(entry.Digest), MediaTypes.AllManifests, CancellationToken.None));
        }

        return images;
    }
}
