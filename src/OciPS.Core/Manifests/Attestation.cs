// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Entries of an index that are no images of their own, but speak of another entry's.</summary>
/// <remarks>BuildKit, "Image attestation storage".</remarks>
internal static class Attestation
{
    public const string DescribedDigestKey = "vnd.docker.reference.digest";

    private const string TypeKey = "vnd.docker.reference.type";

    /// <summary>Whether an entry of an index speaks of another.</summary>
    public static bool IsAttestation(this Descriptor entry) =>
        entry.Annotations.ContainsKey(DescribedDigestKey) || entry.Annotations.ContainsKey(TypeKey);

    /// <summary>The digest of what an entry speaks of; null if it does not say.</summary>
    public static Digest? DescribedDigest(this Descriptor entry) =>
        Digest.TryParse(entry.Annotations.GetValueOrDefault(DescribedDigestKey), out Digest digest) ? digest : null;
}
