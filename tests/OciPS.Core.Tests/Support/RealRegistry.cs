// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OciPS.Core.Tests.Support;

/// <summary>Debian's registry with settings of the test's own; can be killed and started again at the same port.</summary>
internal sealed class RealRegistry : IDisposable
{
    public const string UserName = "somebody";
    public const string Password = "not a real password";

    // What 'htpasswd -nbB -C 4' writes for them.
    private const string Users = UserName + ":$2y$04$M0IgmYH1GjYR6kL4I4VjkePXOVcXh5.d4pcE8otNIEUhFRJz600C.\n";

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = ServerProcess.FreePort();
    private readonly string _config;
    private ServerProcess? _process;

    /// <summary>Starts a registry.</summary>
    /// <param name="hasPassword">Whether it wants the one user's password.</param>
    /// <param name="certificate">Its certificate with the key; null for plain HTTP.</param>
    /// <param name="tokens">Whose tokens it wants; null for none.</param>
    /// <param name="secret">What it signs the state of its uploads with; null to make one up at each start.</param>
    /// <param name="hasCache">Whether it keeps in memory which blobs it has, as the configuration in its documentation does.</param>
    public RealRegistry(
        bool hasPassword = false,
        X509Certificate2? certificate = null,
        TokenIssuer? tokens = null,
        string? secret = null,
        bool hasCache = false)
    {
        string http = $"addr: '{Host}'";
        if (certificate is not null)
        {
            TestAuthority.Save(certificate, _folder["server.crt"], _folder["server.key"]);
            http += $", tls: {{ certificate: '{_folder["server.crt"]}', key: '{_folder["server.key"]}' }}";
        }

        if (secret is not null)
        {
            http += $", secret: '{secret}'";
        }

        string auth = hasPassword
            ? $"auth: {{ htpasswd: {{ realm: registry, path: '{_folder.Write("users", Encoding.ASCII.GetBytes(Users))}' }} }}"
            : tokens is not null
            ? $"auth: {{ token: {{ realm: '{tokens.Realm}', service: '{TokenIssuer.Service}', issuer: '{TokenIssuer.Name}', "
                + $"rootcertbundle: '{_folder.Write("tokens.crt", Encoding.ASCII.GetBytes(tokens.AuthorityPem))}' }} }}"
            : string.Empty;
        _config = _folder.Write("config.yml", Encoding.UTF8.GetBytes(
            $$"""
            version: 0.1
            log: { level: error, accesslog: { disabled: true } }
            storage: { filesystem: { rootdirectory: '{{_folder["data"]}}' }, delete: { enabled: true }{{(hasCache ? ", cache: { blobdescriptor: inmemory }" : "")}} }
            http: { {{http}} }
            {{auth}}
            """));
        Start();
    }

    public int Port => _port;

    /// <summary>The host and port as references name it.</summary>
    public string Host => $"127.0.0.1:{_port}";

    /// <summary>All that it has: the paths of its files, with what they hold.</summary>
    public string[] Snapshot() => Directory.Exists(_folder["data"])
        ? [.. Directory.GetFiles(_folder["data"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(
            path => $"{path} {LayoutImages.GetDigest(File.ReadAllBytes(path))}")]
        : [];

    /// <summary>How many bytes of uploads that go on lie on its disk.</summary>
    public long UploadedBytes(string repository)
    {
        var folder = new DirectoryInfo(_folder[$"data/docker/registry/v2/repositories/{repository}/_uploads"]);
        try
        {
            return folder.Exists ? folder.EnumerateFiles("data", SearchOption.AllDirectories).Sum(file => file.Length) : 0;
        }
        catch (IOException)
        {
            // One of them has just become a blob.
            return 0;
        }
    }

    /// <summary>Takes what no tag leads to off its disk while it runs, which it does not hear of.</summary>
    public void CollectGarbage() => Tool.Run("docker-registry", "garbage-collect", "--delete-untagged", _config);

    public void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    public void Start() => _process = ServerProcess.Start(_port, "docker-registry", "serve", _config);

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }
}
