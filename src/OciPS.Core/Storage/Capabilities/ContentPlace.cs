// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>Where a store keeps content whose type is not known here.</summary>
internal enum ContentPlace
{
    /// <summary>Among the blobs, of which a registry makes nothing.</summary>
    Blob,

    /// <summary>Among the manifests.</summary>
    Manifest,

    /// <summary>Where blobs and manifests are kept alike.</summary>
    Either,
}
