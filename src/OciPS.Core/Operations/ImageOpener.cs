// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;

namespace OciPS.Operations;

/// <summary>Finds what a reference points to.</summary>
internal static class ImageOpener
{
    /// <summary>Reads the manifest or index as it is.</summary>
    public static async Task<ManifestContent> ResolveAsync(ImageReference reference, IOperationLog log, CancellationToken cancellationToken)
    {
        using IImageStore store = await StoreFactory.OpenAsync(reference, log, cancellationToken).ConfigureAwait(false);
        return await store.ResolveAsync(reference, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens the image for reading; out of an index the one for Linux and this machine's architecture, else the only one.</summary>
    public static async Task<OpenedImage> OpenAsync(ImageReference reference, IOperationLog log, CancellationToken cancellationToken)
    {
        IImageStore store = await StoreFactory.OpenAsync(reference, log, cancellationToken).ConfigureAwait(false);
        try
        {
            ManifestContent content = await store.ResolveAsync(reference, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            if (MediaTypes.IsIndex(content.MediaType))
            {
                ImageReference chosen = reference with { Digest = Choose(ImageIndex.Parse(content, $"The index of '{reference}'"), reference).Digest };
                content = await store.ResolveAsync(chosen, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            }

            return new OpenedImage(reference, store, Parse(content, reference));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Opens a single image for rewriting it.</summary>
    public static async Task<OpenedImage> OpenSingleAsync(ImageReference reference, IOperationLog log, CancellationToken cancellationToken)
    {
        IImageStore store = await StoreFactory.OpenAsync(reference, log, cancellationToken).ConfigureAwait(false);
        try
        {
            ManifestContent content = await store.ResolveAsync(reference, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            if (MediaTypes.IsIndex(content.MediaType))
            {
                throw new InvalidInputException(
                    ErrorIds.UnsupportedMediaType,
                    $"'{reference}' is an index of several images ({content.MediaType}), and this works on single images. Give one of them by its digest: {string.Join(", ", ImageIndex.Parse(content, "The index").Manifests.Select(Name))}.");
            }

            return new OpenedImage(reference, store, Parse(content, reference));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static ImageManifest Parse(ManifestContent content, ImageReference reference) => MediaTypes.IsManifest(content.MediaType)
        ? ImageManifest.Parse(content, $"The manifest of '{reference}'")
        : throw new InvalidContentException(
            ErrorIds.UnsupportedMediaType, $"'{reference}' has the media type '{content.MediaType}', which is not an image that can be read here.");

    private static Descriptor Choose(ImageIndex index, ImageReference reference)
    {
        Descriptor[] images = index.Manifests.Where(entry => entry.Platform is not { OS: "unknown", Architecture: "unknown" }).ToArray();
        return Array.Find(images, entry => entry.Platform is { } platform && platform.OS == Platform.Default.OS && platform.Architecture == Platform.Default.Architecture)
            ?? (images.Length == 1
                ? images[0]
                : throw new ContentNotFoundException(
                    ErrorIds.PlatformNotFound, $"'{reference}' has no image for {Platform.Default}. It has: {string.Join(", ", images.Select(Name))}."));
    }

    private static string Name(Descriptor entry) => $"{entry.Platform?.ToString() ?? "unknown platform"} ({entry.Digest})";
}
