// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Http;

/// <summary>
/// Reads the certificates that Docker and podman keep for a registry: authorities in <c>*.crt</c>, client certificates in <c>NAME.cert</c>
/// with <c>NAME.key</c>.
/// </summary>
/// <remarks><c>containers-certs.d(5)</c>; Docker, "Verify repository client with certificates".</remarks>
internal static class CertificateFolders
{
    /// <summary>The settings for a registry; the default if there are none.</summary>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public static TlsSettings Read(string registry)
    {
        string host = registry == "docker.io" ? "registry-1.docker.io" : registry;
        string? folder = Roots().Select(root => Path.Combine(root, host)).FirstOrDefault(Directory.Exists);
        if (folder is null)
        {
            return TlsSettings.Default;
        }

        return new TlsSettings
        {
            Authorities = [.. Files(folder, "*.crt").SelectMany(CertificateFiles.ReadAuthorities)],
            ClientCertificates = [.. Files(folder, "*.cert").Select(ReadClient)],
        };
    }

    private static IEnumerable<string> Roots()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(home, ".config");
        yield return Path.Combine(configuration, "containers", "certs.d");
        yield return Path.Combine(home, ".docker", "certs.d");
        yield return OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "docker", "certs.d")
            : "/etc/containers/certs.d";
        yield return "/etc/docker/certs.d";
    }

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal);

    private static X509Certificate2 ReadClient(string certificate) =>
        CertificateFiles.ReadClient(certificate, Path.ChangeExtension(certificate, ".key"));
}
