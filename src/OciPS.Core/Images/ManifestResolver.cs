// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Finds what a reference points to, asked for as the user wants.</summary>
internal static class ManifestResolver
{
    /// <summary>Reads the manifest or index. A single image stays one: making an index of it is up to the writer.</summary>
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

    /// <summary>Takes a single image apart.</summary>
    /// <exception cref="InvalidContentException">It is of a kind that is not known.</exception>
    public static ImageManifest ParseImage(ManifestContent content, ImageReference reference) =>
        MediaTypes.IsManifest(content.MediaType) || MediaTypes.IsSchema1(content.MediaType)
        ? ImageManifest.Parse(content, $"The manifest of '{reference}'")
        : throw new InvalidContentException(
            ErrorIds.UnsupportedMediaType,
            $"{content.Digest} of '{reference}' has the media type '{content.MediaType}', which is no known type of manifest or index.");

    /// <summary>An entry of an index as people tell it apart.</summary>
    public static string DisplayName(this Descriptor entry) =>
        $"{(entry.Platform?.ToString() is { Length: > 0 } name ? name : "an image of no platform")} ({entry.Digest})";

    private static string Describe(ManifestContent content) => MediaTypes.IsIndex(content.MediaType)
        ? $"an index ({content.MediaType}, {content.Digest})"
        : $"a manifest of the type '{content.MediaType}' ({content.Digest})";
}
