// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS.Files;

/// <summary>Finds the content of a file by its layer's digest and its path.</summary>
internal static class ImageFileFinder
{
    /// <summary>Opens the content of the last entry with that name in the layer, which is the effective one.</summary>
    /// <exception cref="ContentNotFoundException">There is no such layer, or no such file in it.</exception>
    public static async Task<Stream> OpenAsync(
        OciSession session, ImageReference reference, Digest layer, int layerIndex, string name, CancellationToken cancellationToken)
    {
        OperationContext operation = session.BeginQuietly();
        using ImageTree tree = await ImageTree.OpenAsync(
            reference, ManifestMode.PreferMultiArch, operation, cancellationToken).ConfigureAwait(false);
        ManifestNode node = tree.Images.FirstOrDefault(
            node => layerIndex < node.Manifest.Layers.Count && node.Manifest.Layers[layerIndex].Digest == layer)
            ?? throw new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage,
                $"'{name}' was in layer {layerIndex} ({layer}) of '{reference}', which no longer has that layer. List its files again.");
        ImageFile? found = null;
        await foreach (ImageFile file in new FileLister(
            new ImageSource(session, reference, tree.Store, node.Manifest), operation).ListLayerAsync(
                layerIndex, cancellationToken).ConfigureAwait(false))
        {
            found = file.Entry.Name == name ? file : found;
        }

        return found is null
            ? throw new ContentNotFoundException(ErrorIds.FileNotFoundInImage, $"The layer {layer} of '{reference}' has no entry '{name}'.")
            : await found.OpenAsync(cancellationToken).ConfigureAwait(false);
    }
}
