// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Support;

/// <summary>A theory that compares with other programs, and is skipped where they are missing unless OCIPS_REQUIRE_PEERS is 1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Peers.SkipReason(tools);
    }

    public string[] Tools { get; }
}
