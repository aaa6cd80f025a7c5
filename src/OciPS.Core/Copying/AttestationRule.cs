// SPDX-License-Identifier: MIT

namespace OciPS.Copying;

/// <summary>What becomes of attestations when the image changes that they speak of.</summary>
internal enum AttestationRule
{
    /// <summary>They go, since they no longer tell the truth.</summary>
    Drop,

    /// <summary>They stay, and name the changed image.</summary>
    Follow,
}
