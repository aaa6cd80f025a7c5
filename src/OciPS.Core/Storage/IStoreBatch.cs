// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage;

/// <summary>A place that several images are written to at once.</summary>
internal interface IStoreBatch : IDisposable
{
    /// <summary>A store for one of the images: what it completes is staged.</summary>
    IImageStore OpenDestination(ImageReference reference);

    /// <summary>Writes all that is staged; until that is done, what is there stays as it is.</summary>
    Task WriteAsync(CancellationToken cancellationToken);
}
