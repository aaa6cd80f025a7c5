// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry;

/// <summary>The state of a manifest's name at a registry.</summary>
/// <param name="Digest">The digest of the stored manifest; null if there is none.</param>
/// <param name="Manifest">The stored manifest, if it was read.</param>
internal sealed record TagState(Digest? Digest, StoredManifest? Manifest = null)
{
    public static readonly TagState Nothing = new((Digest?)null);

    public override string ToString() => Digest is { } digest ? $"{digest}" : "nothing";
}
