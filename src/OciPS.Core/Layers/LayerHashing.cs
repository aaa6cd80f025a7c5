// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Layers;

/// <summary>What of a decompressed layer is hashed while it is read, and how.</summary>
internal sealed record LayerHashing
{
    private LayerHashing()
    {
    }

    /// <summary>Nothing.</summary>
    public static LayerHashing None { get; } = new();

    /// <summary>All of it: that is its diffID.</summary>
    public static LayerHashing Whole { get; } = new() { IsOn = true, IsWhole = true };

    /// <summary>The entries that are kept: the reader decides about each.</summary>
    public static LayerHashing Remainder { get; } = new() { IsOn = true };

    /// <summary>Whether anything is hashed.</summary>
    public bool IsOn { get; private init; }

    /// <summary>Whether no entry is left out.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>What the digest is made with.</summary>
    public DigestAlgorithm Algorithm { get; private init; } = DigestAlgorithm.Sha256;

    /// <summary>All of a layer, to compare it with the diffID that its config states; null where that states none.</summary>
    public static LayerHashing ForDiffId(string? stated) =>
        Digest.TryParse(stated, out Digest digest) ? Whole with { Algorithm = digest.Kind } : Whole;
}
