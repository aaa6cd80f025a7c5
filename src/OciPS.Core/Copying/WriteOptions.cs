// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS.Copying;

/// <summary>What changes in manifests and indexes when images are written.</summary>
internal sealed record WriteOptions
{
    public ManifestMode Mode { get; init; }

    /// <summary>The family of media types to write; null for the source's own.</summary>
    public ManifestFormat? Format { get; init; }

    /// <summary>Annotations that go into every image's manifest and every index.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ManifestJson.NoAnnotations;

    public AttestationRule Attestations { get; init; }

    /// <summary>Whether layers that change are recompressed, even where compressed blocks could stay.</summary>
    public bool Recompress { get; init; }
}
