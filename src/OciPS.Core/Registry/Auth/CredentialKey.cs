// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Auth;

/// <summary>The key of a stored credential: a host, an address, or a host with the beginning of a repository.</summary>
/// <remarks><c>containers-auth.json(5)</c>; Docker's own keys are addresses.</remarks>
internal static class CredentialKey
{
    /// <summary>The key of Docker Hub in Docker's files.</summary>
    public const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>How specific a key is for a repository; negative if it does not match.</summary>
    public static int Match(string key, string registry, string repository)
    {
        string rest = WithoutScheme(key).TrimEnd('/');
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? string.Empty : rest[(slash + 1)..];
        if (!IsSameHost(host, registry))
        {
            return -1;
        }

        // API addresses are not repositories.
        if (path.Length == 0
            || path is "v1" or "v2"
            || path.StartsWith("v1/", StringComparison.Ordinal)
            || path.StartsWith("v2/", StringComparison.Ordinal))
        {
            return 0;
        }

        return repository == path || repository.StartsWith(path + "/", StringComparison.Ordinal) ? path.Length : -1;
    }

    /// <summary>The registry of a key, as references name it.</summary>
    public static string GetRegistry(string key) => References.ReferenceParser.GetRegistry(WithoutScheme(key).Split('/')[0]);

    /// <summary>The name of a registry for credential helpers.</summary>
    public static string ForHelper(string registry) => registry == "docker.io" ? DockerHub : registry;

    private static bool IsSameHost(string host, string registry) => registry == "docker.io"
        ? host is "docker.io" or "index.docker.io" or "registry-1.docker.io"
        : string.Equals(host, registry, StringComparison.OrdinalIgnoreCase);

    private static string WithoutScheme(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? key : key[(scheme + 3)..];
    }
}
