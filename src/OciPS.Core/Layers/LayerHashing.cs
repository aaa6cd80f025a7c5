// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Layers;

/// <summary>Which part of a decompressed layer is hashed while it is read, and with which algorithm.</summary>
internal sealed record LayerHashing
{
    private LayerHashing()
    {
    }

    /// <summary>Nothing.</summary>
    public static LayerHashing None { get; } = new();

    /// <summary>Everything: the digest is the layer's diffID.</summary>
    public static LayerHashing Whole { get; } = new() { IsOn = true, IsWhole = true };

    /// <summary>The kept entries: the reader decides about each one.</summary>
    public static LayerHashing Remainder { get; } = new() { IsOn = true };

    /// <summary>Whether anything is hashed.</summary>
    public bool IsOn { get; private init; }

    /// <summary>Whether all entries are hashed.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>The digest algorithm.</summary>
    public DigestAlgorithm Algorithm { get; private init; } = DigestAlgorithm.Sha256;

    /// <summary>Everything, to compare it with the diffID in the config; null if the config has none.</summary>
    public static LayerHashing ForDiffId(string? stated) =>
        Digest.TryParse(stated, out Digest digest) ? Whole with { Algorithm = digest.Kind } : Whole;
}
