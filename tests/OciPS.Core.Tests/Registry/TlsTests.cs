// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Registries behind TLS, with certificates of the test's own.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class TlsTests : IAsyncLifetime, IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryEnvironment _environment = new();
    private RegistryServer _registry = null!;

    private string Reference => $"{_registry.Host}/team/app:1";

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync(certificate: _authority.IssueServer());
        TestSession.Current.Registries.Disconnect(_registry.Host);
        RegistryImage.Push(_registry, "team/app");
    }

    public async Task DisposeAsync()
    {
        TestSession.Current.Registries.DisconnectAll();
        await _registry.DisposeAsync();
    }

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Resolve_CertificateOfAnUnknownAuthority_IsRefusedAndTellsWhatHelps()
    {
        OciException error = await RegistryTestBase.GetErrorAsync(() => TestImages.ResolveAsync(Reference));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Equal(Remedy.TrustAuthority, error.Remedy);
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task Resolve_AuthorityNamed_IsTrusted()
    {
        Connect(new TlsSettings { Authorities = [_authority.Certificate] });

        await TestImages.ResolveAsync(Reference);

        Assert.NotEmpty(_registry.Requests);
    }

    [Fact]
    public async Task Resolve_RegistryStartedAgainWithTls_IsFoundInTheSameSession()
    {
        var clock = new TestClock();
        TestSession.Use(clock: clock);
        RegistryServer plain = await RegistryServer.StartAsync();
        RegistryImage.Push(plain, "team/app");
        string host = plain.Host;
        await TestImages.ResolveAsync($"{host}/team/app:1");
        await plain.DisposeAsync();
        await using RegistryServer secure = await RegistryServer.StartAsync(
            int.Parse(host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), _authority.IssueServer());
        clock.Advance(TimeSpan.FromMilliseconds(1100));

        OciException error = await RegistryTestBase.GetErrorAsync(() => TestImages.ResolveAsync($"{host}/team/app:1"));

        Assert.Equal(Remedy.TrustAuthority, error.Remedy);
    }

    [Fact]
    public async Task Remove_RegistryThatOffersHttp2_IsSpokenToInIt()
    {
        Connect(new TlsSettings { Authorities = [_authority.Certificate] });

        await RegistryTestBase.RemoveAsync(Reference, $"{_registry.Host}/clean/app:1");

        Assert.NotEmpty(_registry.Requests);
        Assert.All(_registry.Requests, request => Assert.Equal("HTTP/2", request.Protocol));
        Assert.Equal(["app/run"], await RegistryTestBase.ListAsync($"{_registry.Host}/clean/app:1"));
    }

    [Fact]
    public async Task List_BreaksOffInHttp2_GoesOnWhereItWas()
    {
        Connect(new TlsSettings { Authorities = [_authority.Certificate] });
        int broken = 0;
        _registry.Options.Fault = (_, request) => request.Method == "GET"
            && request.Path.Contains("/blobs/", StringComparison.Ordinal)
            && Interlocked.Increment(ref broken) == 1
            ? new RegistryFault("cut") { CutAt = 1000 }
            : null;

        Assert.Equal(["etc/secret.key", "app/run"], await RegistryTestBase.ListAsync(Reference));

        Assert.Contains(_registry.Requests, request => request.Range.Length > 0);
    }

    [Fact]
    public async Task Resolve_AnotherAuthorityNamed_IsRefused()
    {
        // The same name does not make it the same authority.
        using var other = new TestAuthority();
        Connect(new TlsSettings { Authorities = [other.Certificate] });

        Assert.Equal("RegistryUnreachable", (await RegistryTestBase.GetErrorAsync(() => TestImages.ResolveAsync(Reference))).ErrorId);
    }

    [Fact]
    public async Task Resolve_CertificateForAnotherName_IsRefusedEvenWhenItsAuthorityIsNamed()
    {
        var network = new TestNetwork();
        network.Name("registry.example.test", "203.0.113.7");
        network.Serve("203.0.113.7", int.Parse(_registry.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        TestSession.Current.Registries.Connect(
            new RegistryConnection("registry.example.test") { Tls = new TlsSettings { Authorities = [_authority.Certificate] } });

        Assert.Equal(
            "RegistryUnreachable",
            (await RegistryTestBase.GetErrorAsync(() => TestImages.ResolveAsync("registry.example.test/team/app:1"))).ErrorId);
    }

    [Fact]
    public async Task Resolve_CheckSkipped_IsTakenAsItIs()
    {
        Connect(new TlsSettings { SkipCertificateCheck = true });

        await TestImages.ResolveAsync(Reference);
    }

    [Fact]
    public async Task List_CheckSkipped_IsNotSkippedForWhereTheRegistrySendsUs()
    {
        var network = new TestNetwork();
        network.Name("registry.example.test", "203.0.113.7");
        network.Serve("203.0.113.7", int.Parse(_registry.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        network.Name("storage.example.test", "198.51.100.9");
        network.Serve("198.51.100.9", int.Parse(_registry.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        TestSession.Current.Registries.Connect(
            new RegistryConnection("registry.example.test") { Tls = new TlsSettings { SkipCertificateCheck = true } });
        _registry.Options.RedirectBlobsTo = "https://storage.example.test";

        Assert.Equal(
            "RegistryUnreachable",
            (await RegistryTestBase.GetErrorAsync(() => RegistryTestBase.ListAsync("registry.example.test/team/app:1"))).ErrorId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Resolve_RegistryThatWantsAClientsCertificate_GetsIt(bool isInFolder)
    {
        await using RegistryServer registry = await RegistryServer.StartAsync(
            certificate: _authority.IssueServer(), authority: _authority.Certificate);
        TestSession.Current.Registries.Disconnect(registry.Host);
        RegistryImage.Push(registry, "team/app");
        using X509Certificate2 client = _authority.IssueClient("somebody");
        if (isInFolder)
        {
            string folder = Directory.CreateDirectory(_folder[$"containers/certs.d/{registry.Host}"]).FullName;
            File.WriteAllText(Path.Combine(folder, "ca.crt"), _authority.Pem);
            TestAuthority.Save(client, Path.Combine(folder, "client.cert"), Path.Combine(folder, "client.key"));
        }
        else
        {
            TestSession.Current.Registries.Connect(new RegistryConnection(registry.Host)
            {
                Tls = new TlsSettings { Authorities = [_authority.Certificate], ClientCertificates = [client] },
            });
        }

        _environment.Set("XDG_CONFIG_HOME", _folder.Path);
        await TestImages.ResolveAsync($"{registry.Host}/team/app:1");

        Assert.NotEmpty(registry.Requests);
    }

    [Fact]
    public async Task Resolve_ClientsCertificateMissing_TellsWhatHelps()
    {
        await using RegistryServer registry = await RegistryServer.StartAsync(
            certificate: _authority.IssueServer(), authority: _authority.Certificate);
        TestSession.Current.Registries.Connect(
            new RegistryConnection(registry.Host) { Tls = new TlsSettings { Authorities = [_authority.Certificate] } });

        OciException error = await RegistryTestBase.GetErrorAsync(() => TestImages.ResolveAsync($"{registry.Host}/team/app:1"));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Equal(Remedy.GiveClientCertificate, error.Remedy);
        Assert.DoesNotContain("disposed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListTags_NextPageOverPlainHttp_IsNotAskedThere()
    {
        await using RegistryServer plain = await RegistryServer.StartAsync();
        RegistryImage.Push(plain, "team/app");
        Connect(new TlsSettings { Authorities = [_authority.Certificate] });
        _registry.Options.Intercept = context =>
        {
            context.Response.Headers.Link = $"<http://{plain.Host}/v2/team/app/tags/list>; rel=\"next\"";
            return Task.FromResult(false);
        };

        Assert.Equal(["1"], await StoreCopy.TagsAsync($"{_registry.Host}/team/app"));

        Assert.Empty(plain.Requests);
    }

    [Fact]
    public async Task Resolve_ClientsCertificateWithoutItsKey_NamesTheFile()
    {
        string folder = Directory.CreateDirectory(_folder[$"containers/certs.d/{_registry.Host}"]).FullName;
        File.WriteAllText(Path.Combine(folder, "client.cert"), _authority.Pem);
        _environment.Set("XDG_CONFIG_HOME", _folder.Path);

        OciException error = await RegistryTestBase.GetErrorAsync(() => TestImages.ResolveAsync(Reference));

        Assert.Equal("InvalidCertificate", error.ErrorId);
        Assert.Contains("client.key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_UploadsToAnotherHostOverTls_GoThereWithoutTheCredential()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync(certificate: _authority.IssueServer());
        _registry.Options.Basic = ("user", "not a real password");
        _registry.Options.UploadTo = $"https://{storage.Host}";
        TestSession.Current.Registries.Connect(new RegistryConnection(_registry.Host)
        {
            Tls = new TlsSettings { Authorities = [_authority.Certificate] },
            Credential = RegistryCredential.FromPassword("user", "not a real password"),
        });

        // The storage is another registry, which knows nothing of the upload; that it was asked is what counts.
        await RegistryTestBase.GetErrorAsync(() => RegistryTestBase.RemoveAsync(Reference, $"{_registry.Host}/team/app:clean"));

        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, request => Assert.Equal("", request.Authorization));
        Assert.Contains(_registry.Requests, request => request.Authorization.Length > 0);
    }

    private void Connect(TlsSettings tls) => TestSession.Current.Registries.Connect(new RegistryConnection(_registry.Host) { Tls = tls });
}
