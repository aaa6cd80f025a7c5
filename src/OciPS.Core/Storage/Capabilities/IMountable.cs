// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that can take blobs over from some other places without a transfer.</summary>
internal interface IMountable
{
    /// <summary>Takes a blob over.</summary>
    /// <returns>False if it has to be transferred.</returns>
    Task<bool> TryMountAsync(Descriptor blob, ImageReference from, CancellationToken cancellationToken);
}
