// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that serves parts of blobs because its blobs are not in local files.</summary>
internal interface IPartialReads : IReadCapability
{
    /// <summary>Opens a part of a blob, without verification; null if only the whole blob is available.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    Task<Stream?> TryOpenBlobPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken);
}
