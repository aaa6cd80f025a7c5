// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Auth;

/// <summary>What a token allows.</summary>
/// <remarks>distribution, "Token Scope Documentation".</remarks>
internal static class RegistryScope
{
    public static string Pull(string repository) => $"repository:{repository}:pull";

    public static string PullPush(string repository) => $"repository:{repository}:pull,push";

    /// <summary>The repository that scopes are for, which the first one names; empty if they are for the registry as a whole.</summary>
    public static string GetRepository(IReadOnlyList<string> scopes) =>
        scopes.Count == 0 ? string.Empty : scopes[0][(scopes[0].IndexOf(':', StringComparison.Ordinal) + 1)..scopes[0].LastIndexOf(':')];
}
