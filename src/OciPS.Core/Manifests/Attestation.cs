// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Index entries that are attestations of another entry's image.</summary>
/// <remarks>BuildKit, "Image attestation storage".</remarks>
internal static class Attestation
{
    public const string DescribedDigestKey = "vnd.docker.reference.digest";

    private const string TypeKey = "vnd.docker.reference.type";

    /// <summary>Whether an index entry is an attestation of another entry.</summary>
    public static bool IsAttestation(this Descriptor entry) =>
        entry.Annotations.ContainsKey(DescribedDigestKey) || entry.Annotations.ContainsKey(TypeKey);

    /// <summary>The digest of the image that an attestation describes; null if it names none.</summary>
    public static Digest? DescribedDigest(this Descriptor entry) =>
        Digest.TryParse(entry.Annotations.GetValueOrDefault(DescribedDigestKey), out Digest digest) ? digest : null;
}
