// SPDX-License-Identifier: MIT

namespace OciPS.Storage.Capabilities;

/// <summary>Where a store keeps content of unknown media type.</summary>
internal enum ContentPlace
{
    /// <summary>Among the blobs, which a registry does not interpret.</summary>
    Blob,

    /// <summary>Among the manifests.</summary>
    Manifest,

    /// <summary>Blobs and manifests are in one place.</summary>
    Either,
}
