// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that keeps the referrers of images: manifests with a <c>subject</c>.</summary>
/// <remarks>Distribution specification, "Listing Referrers".</remarks>
internal interface IReferrerStore : IReadCapability
{
    /// <summary>The referrers of a manifest.</summary>
    Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken);
}
