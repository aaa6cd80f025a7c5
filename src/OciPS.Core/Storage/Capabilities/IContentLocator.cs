// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that keeps blobs and manifests apart.</summary>
internal interface IContentLocator : IReadCapability
{
    /// <summary>Finds content of unknown media type, which may be stored as a blob or as a manifest.</summary>
    /// <exception cref="ContentNotFoundException">It is stored as neither.</exception>
    Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken);
}
