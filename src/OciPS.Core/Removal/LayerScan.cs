// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>What one reading of a layer found out.</summary>
/// <param name="Layer">The layer, with its size, which not every manifest says.</param>
/// <param name="Entries">Its entries in their order.</param>
/// <param name="Selected">Which of them the user wants removed.</param>
/// <param name="DiffId">The digest of the decompressed layer; the default where only that of the kept part was computed.</param>
/// <param name="Compression">How it is compressed.</param>
internal sealed record LayerScan(
    Layer Layer, IReadOnlyList<TarEntry> Entries, IReadOnlySet<TarEntry> Selected, Digest DiffId, LayerCompression Compression)
{
    /// <summary>The layer's number in the manifest, from 0.</summary>
    public int Index => Layer.Index;

    /// <summary>The compressed layer, if it had to be fetched and is likely to be needed again.</summary>
    public SpoolFile? Spool { get; init; }

    /// <summary>Whether there is something behind the end of its tar that no reader lists.</summary>
    public bool HasContentBehindEnd { get; init; }

    /// <summary>What is known of the layer without its selected entries, if that was found out.</summary>
    public PredictedRewrite? Remainder { get; init; }
}
