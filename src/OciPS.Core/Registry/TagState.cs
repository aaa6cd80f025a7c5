// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry;

/// <summary>What a registry answers for a manifest's name.</summary>
/// <param name="Digest">The digest of what it has; null where it has nothing.</param>
/// <param name="Manifest">What it has, where it was read.</param>
internal sealed record TagState(Digest? Digest, StoredManifest? Manifest = null)
{
    public static readonly TagState Nothing = new((Digest?)null);

    public override string ToString() => Digest is { } digest ? $"{digest}" : "nothing";
}
