// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;

namespace OciPS.Core.Tests.Peers;

/// <summary>A real registry that wants a password, over plain HTTP and behind TLS with an authority of the test's own.</summary>
[Collection(nameof(ChangesEnvironment))]
[Trait("Speed", "Slow")]
public sealed class PasswordPeerTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();

    public PasswordPeerTests()
    {
        _environment.Set("REGISTRY_AUTH_FILE", null);
        _environment.Set("DOCKER_CONFIG", _folder["docker"]);
        _environment.Set("XDG_CONFIG_HOME", _folder["config"]);
    }

    public void Dispose()
    {
        TestSession.Current.Registries.DisconnectAll();
        _environment.Dispose();
        _folder.Dispose();
        _authority.Dispose();
    }

    [PeerTheory("docker-registry", "skopeo")]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    public async Task PushCopyListRemove_RightPassword_DoAsSkopeoSees(bool hasTls, bool fromDockerConfig, bool fromCertificateFolder)
    {
        using RealRegistry registry = StartRegistry(hasTls);
        Say(registry, RealRegistry.Password, hasTls, fromDockerConfig, fromCertificateFolder);
        var images = new LayoutImages(_folder["in"]);
        string digest = images.Tag("1", images.FourPlatforms());

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        await TestImages.CopyAsync($"{registry.Host}/team/app:1", $"{registry.Host}/mirror/app:2");
        await TestImages.CopyAsync($"{registry.Host}/mirror/app:2", $"oci:{_folder["out"]}:3");
        string[] tags = await StoreCopy.TagsAsync($"{registry.Host}/team/app");
        await RegistryTestBase.RemoveAsync($"{registry.Host}/team/app:1", $"{registry.Host}/team/app:clean");
        List<string> left = await RegistryTestBase.ListAsync($"{registry.Host}/team/app:clean");

        Assert.Equal(["1"], tags);
        Assert.Equal(["etc/os-release", "bin/app", "bin/helper"], left);
        Assert.Equal(images.Blob(digest), Skopeo(hasTls, "inspect", "--raw", $"docker://{registry.Host}/mirror/app:2"));
        Assert.Equal(ImageParts.FromLayout(images.Folder, digest).Digests, ImageParts.FromLayout(_folder["out"], digest).Digests);
        Skopeo(
            hasTls,
            "copy",
            "--all",
            "--quiet",
            "--preserve-digests",
            $"docker://{registry.Host}/team/app:clean",
            $"dir:{_folder["clean"]}");
    }

    [PeerTheory("docker-registry")]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Anything_WrongPassword_IsUnauthorizedAndChangesNothing(bool hasTls, bool fromDockerConfig)
    {
        using RealRegistry registry = StartRegistry(hasTls);
        Say(registry, RealRegistry.Password, hasTls, fromDockerConfig, fromCertificateFolder: false);
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.FourPlatforms());
        images.Tag("2", images.Image("linux/amd64", [images.Layer(("another", "one"))]));
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        string[] before = registry.Snapshot();
        const string Wrong = "not the real password";
        Say(registry, Wrong, hasTls, fromDockerConfig, fromCertificateFolder: false);

        OciException[] errors =
        [
            await RegistryTestBase.GetErrorAsync(() => TestImages.CopyAsync($"oci:{images.Folder}:2", $"{registry.Host}/team/app:1")),
            await RegistryTestBase.GetErrorAsync(() => TestImages.CopyAsync($"{registry.Host}/team/app:1", $"oci:{_folder["out"]}:1")),
            await RegistryTestBase.GetErrorAsync(() => RegistryTestBase.ListAsync($"{registry.Host}/team/app:1")),
            await RegistryTestBase.GetErrorAsync(() => StoreCopy.TagsAsync($"{registry.Host}/team/app")),
            await RegistryTestBase.GetErrorAsync(
                () => RegistryTestBase.RemoveAsync($"{registry.Host}/team/app:1", $"{registry.Host}/team/app:1")),
        ];

        Assert.All(errors, error => Assert.Equal("Unauthorized", error.ErrorId));
        Assert.All(errors, error => Assert.DoesNotContain(Wrong, error.ToString(), StringComparison.Ordinal));
        Assert.Equal(before, registry.Snapshot());
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [PeerFact("docker-registry")]
    public async Task Anything_AuthorityNotNamed_IsUnreachable()
    {
        using RealRegistry registry = StartRegistry(hasTls: true);
        TestSession.Current.Registries.Connect(new RegistryConnection(registry.Host)
        {
            Credential = RegistryCredential.FromPassword(
            RealRegistry.UserName, RealRegistry.Password)
        });
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.FourPlatforms());

        Assert.Equal("RegistryUnreachable", (await RegistryTestBase.GetErrorAsync(
            () => TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1"))).ErrorId);
        Assert.Equal(
            "RegistryUnreachable", (await RegistryTestBase.GetErrorAsync(() => StoreCopy.TagsAsync($"{registry.Host}/team/app"))).ErrorId);
        Assert.Empty(registry.Snapshot());
    }

    private RealRegistry StartRegistry(bool hasTls) => new(hasPassword: true, hasTls ? _authority.IssueServer() : null);

    /// <summary>Says where the password and the authority are found.</summary>
    private void Say(RealRegistry registry, string password, bool hasTls, bool fromDockerConfig, bool fromCertificateFolder)
    {
        TestSession.Current.Registries.DisconnectAll();

        // Another test's registry may have had this port, and its client stays for the process.
        TestSession.Current.Registries.Forget(registry.Host);
        var connection = new RegistryConnection(registry.Host) { PlainHttp = !hasTls };
        if (fromDockerConfig)
        {
            string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RealRegistry.UserName}:{password}"));
            _folder.Write("docker/config.json", Encoding.UTF8.GetBytes($$"""{"auths": {"{{registry.Host}}": {"auth": "{{pair}}"} } }"""));
        }
        else
        {
            connection = connection with { Credential = RegistryCredential.FromPassword(RealRegistry.UserName, password) };
        }

        if (fromCertificateFolder)
        {
            _folder.Write($"config/containers/certs.d/{registry.Host}/ca.crt", Encoding.ASCII.GetBytes(_authority.Pem));
        }
        else if (hasTls)
        {
            connection = connection with { Tls = new TlsSettings { Authorities = [_authority.Certificate] } };
        }

        // Where all is in files, nothing is said in the session.
        if (!(hasTls && fromDockerConfig && fromCertificateFolder))
        {
            TestSession.Current.Registries.Connect(connection);
        }
    }

    private byte[] Skopeo(bool hasTls, string command, params string[] arguments)
    {
        string side = command == "copy" ? "src-" : "";
        string credential = $"{RealRegistry.UserName}:{RealRegistry.Password}";
        _folder.Write("skopeo/ca.crt", Encoding.ASCII.GetBytes(_authority.Pem));
        return hasTls
            ? Tool.Run("skopeo", [command, $"--{side}creds", credential, $"--{side}cert-dir", _folder["skopeo"], .. arguments])
            : Tool.Run("skopeo", [command, $"--{side}creds", credential, $"--{side}tls-verify=false", .. arguments]);
    }
}
