// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that keeps blobs and manifests apart.</summary>
internal interface IContentLocator : IReadCapability
{
    /// <summary>Finds content whose type is not known here, which may be kept as a blob or as a manifest.</summary>
    /// <exception cref="ContentNotFoundException">It is neither.</exception>
    Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken);
}
