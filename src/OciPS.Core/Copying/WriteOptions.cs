// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS.Copying;

/// <summary>The changes to manifests and indexes when images are written.</summary>
internal sealed record WriteOptions
{
    public ManifestMode Mode { get; init; }

    /// <summary>The family of media types to write; null for the source's own.</summary>
    public ManifestFormat? Format { get; init; }

    /// <summary>Annotations to add to every image's manifest and every index.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ManifestJson.NoAnnotations;

    public AttestationRule Attestations { get; init; }

    /// <summary>Whether changed layers are recompressed completely, even where compressed blocks could be kept.</summary>
    public bool Recompress { get; init; }
}
