// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Support;

/// <summary>Says which tests cannot run here, since the programs that they compare with are missing.</summary>
internal static class Peers
{
    private static readonly bool s_required = Environment.GetEnvironmentVariable("OCIPS_REQUIRE_PEERS") == "1";

    /// <summary>Why a test that needs these tools is skipped; null if it runs.</summary>
    public static string? SkipReason(string[] tools)
    {
        if (s_required)
        {
            return null;
        }

        string[] missing = tools.Where(tool => !Tool.IsPresent(tool)).ToArray();
        return missing.Length == 0 ? null : $"needs {string.Join(", ", missing)}, which is not on this machine";
    }
}
