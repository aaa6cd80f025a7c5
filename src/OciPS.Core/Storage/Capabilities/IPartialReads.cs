// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that is asked for a part of a blob, since its blobs are not in files of this machine.</summary>
internal interface IPartialReads : IReadCapability
{
    /// <summary>Opens a part of a blob, whose content is not checked; null if only the whole can be had.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    Task<Stream?> TryOpenBlobPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken);
}
