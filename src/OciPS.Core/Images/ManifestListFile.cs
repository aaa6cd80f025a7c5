// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Images;

/// <summary>A manifest list or index in a file of its own.</summary>
internal sealed record ManifestListFile(string Path, ImageIndex Index)
{
    /// <exception cref="InvalidContentException">The file is not a manifest list or index.</exception>
    public static async Task<ManifestListFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string what = $"'{path}'";
        byte[] bytes = await ManifestFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        ManifestContent content = ManifestContent.Identify(bytes, null, Digest.FromBytes(bytes), what);
        return MediaTypes.IsIndex(content.MediaType)
            ? new ManifestListFile(path, ImageIndex.Parse(content, what))
            : throw new InvalidContentException(
                ErrorIds.InvalidManifestList,
                $"{what} is no manifest list and no index: its type is '{content.MediaType}'. A list names its images in 'manifests'.");
    }

    /// <summary>Whether it lists a manifest.</summary>
    public bool Lists(Digest manifest) => Index.Manifests.Any(entry => entry.Digest == manifest);
}
