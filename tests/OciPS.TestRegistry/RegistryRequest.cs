// SPDX-License-Identifier: MIT

namespace OciPS.TestRegistry;

/// <summary>A request that came in, for tests to look at.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="Authorization">The header's value; empty if there was none.</param>
/// <param name="Accept">The header's value.</param>
/// <param name="Range">The header's value; that of an upload's chunk where there is one.</param>
public sealed record RegistryRequest(string Method, string Path, string Authorization, string Accept, string Range = "")
{
    /// <summary>Whether it asks for the first byte of a blob only, to see whether that is there.</summary>
    public bool IsProbe => Method == "GET" && Range == "bytes=0-0";

    /// <summary>The version of HTTP that it came in.</summary>
    public string Protocol { get; init; } = string.Empty;
}
