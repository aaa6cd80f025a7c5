// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Chooses the family of media types for manifests: Docker's has no type for zstd layers.</summary>
internal static class FormatRule
{
    /// <summary>The format of a tree's manifests; null for the source's own.</summary>
    /// <exception cref="InvalidInputException">The requested format has no type for a layer.</exception>
    public static ManifestFormat? Choose(
        ImageTree tree, IReadOnlySet<ImageNode> kept, IImageStore destination, ManifestFormat? asked, OperationContext operation)
    {
        if (asked is { } format && destination.KeepsManifests)
        {
            EnsurePossible(tree, kept, format);
        }

        if (asked is null && tree.Store.KeepsManifests)
        {
            return null;
        }

        Descriptor[] layers = kept.OfType<ManifestNode>().SelectMany(node => node.Manifest.Layers).ToArray();
        return asked is null || !destination.KeepsManifests
            ? Choose(asked ?? destination.PreferredFormat, layers, destination, operation)
            : asked;
    }

    /// <summary>The format of a new manifest: the preferred one, unless that has no type for a layer.</summary>
    public static ManifestFormat Choose(
        ManifestFormat preferred, IEnumerable<Descriptor> layers, IImageStore destination, OperationContext operation)
    {
        ManifestFormat format = FormatConverter.Choose(preferred, layers);
        if (format != preferred && destination.KeepsManifests)
        {
            operation.Log.Verbose(
                $"'{destination.Repository.Name}' gets an OCI manifest in place of Docker's schema 2, which has no media type for layers "
                    + "in zstd.");
        }

        return format;
    }

    /// <summary>Checks that a format has a type for each layer of the written images.</summary>
    /// <exception cref="InvalidInputException">The format has no type for a layer.</exception>
    public static void EnsurePossible(ImageTree tree, IEnumerable<ImageNode> kept, ManifestFormat format)
    {
        foreach (ManifestNode image in kept.OfType<ManifestNode>().Where(image => !image.IsAttestation))
        {
            FormatConverter.EnsurePossible(image.Manifest, format, $"The image {image.Digest} of '{tree.Reference}'");
        }
    }
}
