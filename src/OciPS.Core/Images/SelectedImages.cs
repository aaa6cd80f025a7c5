// SPDX-License-Identifier: MIT

using OciPS.Storage;

namespace OciPS.Images;

/// <summary>The images that were picked for reading, their store, and errors for requested images that are missing.</summary>
internal sealed record SelectedImages(
    IImageStore Store, IReadOnlyList<ImageSource> Images, IReadOnlyList<OciException> Errors) : IDisposable
{
    public void Dispose() => Store.Dispose();
}
