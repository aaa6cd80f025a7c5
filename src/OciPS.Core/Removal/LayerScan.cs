// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>The result of reading a layer.</summary>
/// <param name="Layer">The layer, with its size, which some manifests lack.</param>
/// <param name="Entries">Its entries in order.</param>
/// <param name="Selected">The entries that the user selected.</param>
/// <param name="DiffId">The digest of the decompressed layer; the default if only that of the kept part was computed.</param>
/// <param name="Compression">Its compression.</param>
internal sealed record LayerScan(
    Layer Layer, IReadOnlyList<TarEntry> Entries, IReadOnlySet<TarEntry> Selected, Digest DiffId, LayerCompression Compression)
{
    /// <summary>The layer's index in the manifest, from 0.</summary>
    public int Index => Layer.Index;

    /// <summary>The compressed layer, if it was downloaded and is likely to be needed again.</summary>
    public SpoolFile? Spool { get; init; }

    /// <summary>Whether there is data after the end of its tar that readers ignore.</summary>
    public bool HasContentBehindEnd { get; init; }

    /// <summary>The predicted rewrite without the selected entries; null if there is none.</summary>
    public PredictedRewrite? Remainder { get; init; }
}
