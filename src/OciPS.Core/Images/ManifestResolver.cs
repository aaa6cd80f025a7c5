// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Resolves a reference to a manifest or index, in the mode that the user requested.</summary>
internal static class ManifestResolver
{
    /// <summary>Reads the manifest or index. Does not wrap a single image in an index; the writer does.</summary>
    public static async Task<ManifestContent> ResolveAsync(
        IImageStore store, ImageReference reference, ManifestMode mode, CancellationToken cancellationToken)
    {
        if (mode != ManifestMode.RegistryDefaults)
        {
            return await store.ResolveAsync(reference, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await store.ResolveAsync(reference, MediaTypes.SingleManifests, cancellationToken).ConfigureAwait(false);
        }
        catch (ContentNotFoundException error) when (error.ErrorId == ErrorIds.ManifestNotFound)
        {
            ManifestContent there = await store.ResolveAsync(reference, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound,
                $"'{reference}' has no single image by default: what is there is {Describe(there)}.",
                error)
            {
                Remedy = Remedy.PreferMultiArch,
            };
        }
    }

    /// <summary>Parses the manifest of a single image.</summary>
    /// <exception cref="InvalidContentException">The type of the manifest is unknown.</exception>
    public static ImageManifest ParseImage(ManifestContent content, ImageReference reference) =>
        MediaTypes.IsManifest(content.MediaType) || MediaTypes.IsSchema1(content.MediaType)
        ? ImageManifest.Parse(content, $"The manifest of '{reference}'")
        : throw new InvalidContentException(
            ErrorIds.UnsupportedMediaType,
            $"{content.Digest} of '{reference}' has the media type '{content.MediaType}', which is no known type of manifest or index.");

    /// <summary>The display name of an index entry.</summary>
    public static string DisplayName(this Descriptor entry) =>
        $"{(entry.Platform?.ToString() is { Length: > 0 } name ? name : "an image of no platform")} ({entry.Digest})";

    private static string Describe(ManifestContent content) => MediaTypes.IsIndex(content.MediaType)
        ? $"an index ({content.MediaType}, {content.Digest})"
        : $"a manifest of the type '{content.MediaType}' ({content.Digest})";
}
