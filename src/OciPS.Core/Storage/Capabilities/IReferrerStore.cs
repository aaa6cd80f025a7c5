// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Capabilities;

/// <summary>A store that keeps what refers to an image beside it: manifests with a <c>subject</c>.</summary>
/// <remarks>Distribution specification, "Listing Referrers".</remarks>
internal interface IReferrerStore : IReadCapability
{
    /// <summary>What refers to a manifest as its subject.</summary>
    Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken);
}
