// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Auth;

/// <summary>The scopes of tokens.</summary>
/// <remarks>distribution, "Token Scope Documentation".</remarks>
internal static class RegistryScope
{
    public static string Pull(string repository) => $"repository:{repository}:pull";

    public static string PullPush(string repository) => $"repository:{repository}:pull,push";

    /// <summary>The repository of the first scope; empty if the scopes are for the registry as a whole.</summary>
    public static string GetRepository(IReadOnlyList<string> scopes) =>
        scopes.Count == 0 ? string.Empty : scopes[0][(scopes[0].IndexOf(':', StringComparison.Ordinal) + 1)..scopes[0].LastIndexOf(':')];
}
