// SPDX-License-Identifier: MIT

namespace OciPS.Registry;

/// <summary>What a token allows.</summary>
/// <remarks>distribution, "Token Scope Documentation".</remarks>
internal static class RegistryScope
{
    public static string Pull(string repository) => $"repository:{repository}:pull";

    public static string PullPush(string repository) => $"repository:{repository}:pull,push";

    /// <summary>The repository that a scope is for.</summary>
    public static string RepositoryOf(string scope) => scope[(scope.IndexOf(':', StringComparison.Ordinal) + 1)..scope.LastIndexOf(':')];
}
