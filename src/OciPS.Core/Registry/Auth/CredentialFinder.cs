// SPDX-License-Identifier: MIT

using OciPS.Registry.Connections;

namespace OciPS.Registry.Auth;

/// <summary>Finds the credential for a repository in the credential files of other tools.</summary>
/// <remarks><c>containers-auth.json(5)</c>; Docker CLI reference, "docker login".</remarks>
internal static class CredentialFinder
{
    /// <summary>The files, in the order in which they are searched.</summary>
    public static IEnumerable<string> Files
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string? named = Variable("REGISTRY_AUTH_FILE");
            if (named is not null)
            {
                yield return named;
            }

            yield return Path.Combine(Variable("DOCKER_CONFIG") ?? Path.Combine(home, ".docker"), "config.json");
            if (Variable("XDG_RUNTIME_DIR") is { } runtime)
            {
                yield return Path.Combine(runtime, "containers", "auth.json");
            }

            yield return Path.Combine(Variable("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "containers", "auth.json");
        }
    }

    /// <summary>The credential of the first file that has one; null if none has.</summary>
    public static async Task<RegistryCredential?> FindAsync(string registry, string repository, CancellationToken cancellationToken)
    {
        foreach (string file in Files)
        {
            if (await new CredentialFile(file).FindAsync(registry, repository, cancellationToken).ConfigureAwait(false) is { } credential)
            {
                return credential;
            }
        }

        return null;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
