// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>Which kinds of manifest are requested from a registry that may have an index or a single image, and what is returned.</summary>
public enum OciManifestMode
{
    /// <summary>Requests an index first, then a single image, and returns it as it is.</summary>
    PreferMultiArch,

    /// <summary>
    /// Requests only a single image, so that the registry chooses its default platform. An index is returned if the registry sends one
    /// anyway.
    /// </summary>
    RegistryDefaults,

    /// <summary>As PreferMultiArch; a single image is returned as an index with one entry.</summary>
    NormaliseToMultiArch,
}
