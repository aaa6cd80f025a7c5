// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>What a registry that may have an index or a single image is asked for, and what is returned.</summary>
public enum OciManifestMode
{
    /// <summary>An index is asked for first, then a single image: what is there comes out as it is.</summary>
    PreferMultiArch,

    /// <summary>
    /// Only a single image is asked for, so that the registry chooses its default platform; if it answers with an index all the same, that
    /// is what there is.
    /// </summary>
    RegistryDefaults,

    /// <summary>As PreferMultiArch; a single image comes out as an index with one entry.</summary>
    NormaliseToMultiArch,
}
