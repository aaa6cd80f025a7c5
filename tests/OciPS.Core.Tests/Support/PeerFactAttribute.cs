// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Support;

/// <summary>A fact that compares with other programs, and is skipped where they are missing unless OCIPS_REQUIRE_PEERS is 1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Peers.SkipReason(tools);
    }

    public string[] Tools { get; }
}
