// SPDX-License-Identifier: MIT

using OciPS.Storage;

namespace OciPS.Images;

/// <summary>The images that were picked for reading, with the store that they are in, and what was asked for and is not there.</summary>
internal sealed record SelectedImages(
    IImageStore Store, IReadOnlyList<ImageSource> Images, IReadOnlyList<OciException> Errors) : IDisposable
{
    public void Dispose() => Store.Dispose();
}
