// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that can mount blobs from some other places without a transfer.</summary>
internal interface IMountable
{
    /// <summary>Mounts a blob.</summary>
    /// <returns>False if the blob has to be transferred.</returns>
    Task<bool> TryMountAsync(Descriptor blob, ImageReference from, CancellationToken cancellationToken);
}
