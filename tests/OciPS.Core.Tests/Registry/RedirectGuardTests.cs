// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Where a registry elsewhere may send us; names and addresses are the test's own.</summary>
public sealed class RedirectGuardTests : RegistryTestBase, IDisposable
{
    private const string Public = "registry.example.test:8080";
    private const string Password = "not a real password";

    private readonly TestNetwork _network = new();

    private int Port => int.Parse(Host.Split(':')[1], CultureInfo.InvariantCulture);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _network.Name("registry.example.test", "203.0.113.7");
        _network.Serve("203.0.113.7", Port);
        TestSession.Current.Registries.Connect(
            new RegistryConnection(Public) { PlainHttp = true, Credential = RegistryCredential.FromPassword("user", Password) });
        RegistryImage.Push(Registry, "team/app");
    }

    public void Dispose()
    {
        TestSession.Current.Registries.DisconnectAll();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("[::1]")]
    [InlineData("[fe80::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("localhost")]
    [InlineData("innocent.example.test", "127.0.0.1")]
    [InlineData("innocent.example.test", "169.254.169.254")]
    [InlineData("innocent.example.test", "::ffff:169.254.169.254")]
    public async Task List_RedirectFromAPublicRegistryToALocalAddress_IsNotFollowed(string host, string? address = null)
    {
        await using RegistryServer inner = await RegistryServer.StartAsync();
        RegistryImage.Push(inner, "team/app");
        string port = inner.Host.Split(':')[1];
        if (address is not null)
        {
            _network.Name(host, address);
        }

        Registry.Options.RedirectBlobsTo = $"http://{host}:{port}";

        OciException error = await GetErrorAsync(() => ListAsync($"{Public}/team/app:1"));

        Assert.Equal("UnsafeRedirect", error.ErrorId);
        Assert.Contains(host.Trim('[', ']'), error.Message, StringComparison.Ordinal);
        Assert.Empty(inner.Requests);
        Assert.DoesNotContain(_network.Connected, target => target.Port.ToString(CultureInfo.InvariantCulture) == port);
    }

    [Fact]
    public async Task List_NameOfAPublicRegistryMeansThisMachineNow_RedirectIsNotFollowed()
    {
        const string Rebound = "rebound.example.test:8080";
        await using RegistryServer inner = await RegistryServer.StartAsync();
        RegistryImage.Push(inner, "team/app");
        _network.Name("rebound.example.test", "203.0.113.7");
        TestSession.Current.Registries.Connect(new RegistryConnection(Rebound) { PlainHttp = true });
        await ResolveAsync($"{Rebound}/team/app:1");
        _network.Name("rebound.example.test", "127.0.0.1");
        Registry.Options.RedirectBlobsTo = $"http://{inner.Host}";

        OciException error = await GetErrorAsync(() => ListAsync($"{Rebound}/team/app:1"));

        Assert.Equal("UnsafeRedirect", error.ErrorId);
        Assert.Empty(inner.Requests);
    }

    [Fact]
    public async Task List_RedirectToAnotherPublicHost_IsFollowedWithoutTheCredential()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        RegistryImage.Push(storage, "team/app");
        _network.Name("storage.example.test", "127.0.0.1", "198.51.100.9");
        _network.Serve("198.51.100.9", int.Parse(storage.Host.Split(':')[1], CultureInfo.InvariantCulture));
        Registry.Options.Basic = ("user", Password);
        Registry.Options.RedirectBlobsTo = "http://storage.example.test:9000";

        await ListAsync($"{Public}/team/app:1");

        // One of its addresses was local: that one is left out.
        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, request => Assert.Equal("", request.Authorization));
    }

    [Fact]
    public async Task List_StorageThatAsksForACredential_GetsNone()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        _network.Name("storage.example.test", "198.51.100.9");
        _network.Serve("198.51.100.9", int.Parse(storage.Host.Split(':')[1], CultureInfo.InvariantCulture));
        storage.Options.Bearer = ("", "");
        storage.Options.Realm = "https://storage.example.test:9000/token";
        Registry.Options.Basic = ("user", Password);
        Registry.Options.RedirectBlobsTo = "http://storage.example.test:9000";

        OciException error = await GetErrorAsync(() => ListAsync($"{Public}/team/app:1"));

        Assert.Equal("Unauthorized", error.ErrorId);
        Assert.DoesNotContain(storage.Requests, request => request.Path.StartsWith("/token", StringComparison.Ordinal));
        Assert.All(storage.Requests, request => Assert.Equal("", request.Authorization));
    }

    [Fact]
    public async Task Resolve_TokenServiceOnThisMachineOfAPublicRegistry_GetsNoCredential()
    {
        await using RegistryServer inner = await RegistryServer.StartAsync();
        Registry.Options.Bearer = ("user", Password);
        Registry.Options.Realm = $"https://{inner.Host}/token";

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Public}/team/app:1"));

        Assert.Equal("UnsafeRedirect", error.ErrorId);
        Assert.Empty(inner.Requests);
    }

    [Fact]
    public async Task Resolve_WithoutPlainHttpSaid_SendsNoCredentialOnLoopbackEither()
    {
        TestSession.Current.Registries.Connect(
            new RegistryConnection(Host) { Credential = RegistryCredential.FromPassword("user", Password) });
        Registry.Options.Basic = ("user", Password);

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Equal("Unauthorized", error.ErrorId);
        Assert.Equal(Remedy.AllowPlainHttp, error.Remedy);
        Assert.All(Registry.Requests, request => Assert.Equal("", request.Authorization));
    }
}
