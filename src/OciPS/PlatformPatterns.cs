// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.References;

namespace OciPS;

/// <summary>Platforms from parameters: <c>linux/arm64/v8</c>, with PowerShell's wildcards in any part.</summary>
internal static class PlatformPatterns
{
    /// <param name="platforms">The texts; null for none, as an unset variable gives.</param>
    /// <exception cref="InvalidInputException">One of them is not a platform.</exception>
    public static IReadOnlyList<PlatformPattern> Parse(IEnumerable<string>? platforms) => (platforms ?? [])
        .SelectMany(platform => platform.Split(',', StringSplitOptions.TrimEntries))
        .Select(platform => PlatformPattern.Parse(
            platform, WildcardPattern.ContainsWildcardCharacters, part => new WildcardPattern(part, WildcardOptions.Compiled).IsMatch))
        .ToArray();
}
