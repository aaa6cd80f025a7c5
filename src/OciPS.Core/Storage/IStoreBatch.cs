// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage;

/// <summary>A place that several images are written to together.</summary>
internal interface IStoreBatch : IDisposable
{
    /// <summary>A store for one of the images; completing it stages the image.</summary>
    IImageStore OpenDestination(ImageReference reference);

    /// <summary>Writes all staged images; the existing content stays until that is done.</summary>
    Task WriteAsync(CancellationToken cancellationToken);
}
