// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Images;

/// <summary>Wraps single images in indexes, so that all images are published alike.</summary>
internal static class ManifestNormaliser
{
    /// <summary>An index with the image as its one entry, of the image's format, with the platform from its config.</summary>
    public static async Task<ManifestContent> ToIndexAsync(ImageSource image, CancellationToken cancellationToken)
    {
        ImageConfig? config = image.Manifest.HasFileSystem ? await image.TryReadConfigAsync(cancellationToken).ConfigureAwait(false) : null;
        return ToIndex(image.Manifest.Content, config is null ? image.Platform : PlatformReader.Merge(image.Platform, config.Platform));
    }

    /// <inheritdoc cref="ToIndexAsync"/>
    public static ManifestContent ToIndex(ManifestContent image, Platform? platform) =>
        IndexEditor.Create(MediaTypes.GetFormat(image.MediaType), [(image.Descriptor, platform)]);
}
