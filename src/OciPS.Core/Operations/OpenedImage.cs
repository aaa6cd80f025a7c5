// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;

namespace OciPS.Operations;

/// <summary>A single image and the store that it is read from.</summary>
internal sealed record OpenedImage(ImageReference Reference, IImageStore Store, ImageManifest Manifest) : IDisposable
{
    /// <summary>Whether its layers are file systems, as those of images are and those of charts and attestations are not.</summary>
    public bool HasFileSystem => MediaTypes.IsImageConfig(Manifest.Config.MediaType);

    public void Dispose() => Store.Dispose();
}
