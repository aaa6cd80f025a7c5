// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Images;

/// <summary>Makes indexes of single images, so that all images look alike.</summary>
internal static class ManifestNormaliser
{
    /// <summary>An index with the image as its one entry, of the image's own family, and with the platform that its config tells.</summary>
    public static async Task<ManifestContent> ToIndexAsync(ImageSource image, CancellationToken cancellationToken)
    {
        ImageConfig? config = image.Manifest.HasFileSystem ? await image.TryReadConfigAsync(cancellationToken).ConfigureAwait(false) : null;
        return ToIndex(image.Manifest.Content, config is null ? image.Platform : PlatformReader.Merge(image.Platform, config.Platform));
    }

    /// <inheritdoc cref="ToIndexAsync"/>
    public static ManifestContent ToIndex(ManifestContent image, Platform? platform) =>
        IndexEditor.Create(MediaTypes.GetFormat(image.MediaType), [(image.Descriptor, platform)]);
}
