// SPDX-License-Identifier: MIT

namespace OciPS.Copying;

/// <summary>What to do with the attestations of a changed image.</summary>
internal enum AttestationRule
{
    /// <summary>Remove them, since they describe the old image.</summary>
    Drop,

    /// <summary>Keep them, and let them name the changed image.</summary>
    Follow,
}
