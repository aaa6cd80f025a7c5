// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Copying;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;

namespace OciPS.Core.Tests.Peers;

/// <summary>A real registry behind nginx: as it should be set up, with blobs elsewhere, and set up wrongly.</summary>
[Trait("Speed", "Slow")]
public sealed class ProxiedRegistryPeerTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Nginx _proxy = new();

    public void Dispose()
    {
        TestSession.Current.Registries.Disconnect(_proxy.Host);
        _proxy.Dispose();
        _folder.Dispose();
        _authority.Dispose();
    }

    [PeerFact("docker-registry", "nginx")]
    public async Task PushCopyListRemove_BehindAProxyWithTls_KeepEveryByte()
    {
        using var registry = new RealRegistry(hasPassword: true);
        StartProxy($"client_max_body_size 0; location / {{ {Nginx.PassTo(registry.Host)} }}");
        LayoutImages images = WriteImage();

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1");
        PublishedImage mounted = await TestImages.CopyAsync($"{_proxy.Host}/team/app:1", $"{_proxy.Host}/mirror/app:1");
        await RegistryTestBase.RemoveAsync($"{_proxy.Host}/mirror/app:1", $"{_proxy.Host}/mirror/app:clean");

        Assert.Equal(0, mounted.BytesTransferred);
        Assert.Equal(["1", "clean"], (await StoreCopy.TagsAsync($"{_proxy.Host}/mirror/app")).Order(StringComparer.Ordinal));
        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync($"{_proxy.Host}/mirror/app:1"));
        Assert.Equal(["noise"], await RegistryTestBase.ListAsync($"{_proxy.Host}/mirror/app:clean"));
    }

    [PeerFact("docker-registry", "nginx")]
    public async Task CopyListRemove_BlobsElsewhere_AreReadThereWithoutTheCredential()
    {
        using var registry = new RealRegistry(hasPassword: true);
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RealRegistry.UserName}:{RealRegistry.Password}"));
        // What stands for a storage service proves itself to the registry behind it.
        using Nginx storage = new Nginx().Start(
            $"location /stored/ {{ rewrite ^/stored(/.*) $1 break; "
                + $"{Nginx.PassTo(registry.Host, more: $"proxy_set_header Authorization 'Basic {basic}';")} }}", _authority.IssueServer());
        StartProxy($$"""
            client_max_body_size 0;
            location ~ ^/v2/.+/blobs/sha256: {
              if ($request_method = GET) { return 307 https://{{storage.Host}}/stored$request_uri?signature=0123; }
              {{Nginx.PassTo(registry.Host)}}
            }
            location / { {{Nginx.PassTo(registry.Host)}} }
            """);
        LayoutImages images = WriteImage();

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1");
        await TestImages.CopyAsync($"{_proxy.Host}/team/app:1", $"oci:{_folder["out"]}:1");
        await RegistryTestBase.RemoveAsync($"{_proxy.Host}/team/app:1", $"{_proxy.Host}/team/app:clean");

        Assert.Equal(["noise"], await RegistryTestBase.ListAsync($"{_proxy.Host}/team/app:clean"));
        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync($"oci:{_folder["out"]}:1"));
        Assert.NotEmpty(storage.Requests);
        // Whether a blob is there is asked by reading a byte of it.
        Assert.All(
            storage.Requests,
            request => Assert.Matches("^(200|206|404) GET /stored/v2/team/app/blobs/sha256:[0-9a-f]{64}\\?signature=0123 \"-\"$", request));
        Assert.Contains(_proxy.Requests, request => request.StartsWith("307 GET", StringComparison.Ordinal) && request.EndsWith(
            $"\"Basic {basic}\"", StringComparison.Ordinal));
    }

    [PeerTheory("docker-registry", "nginx")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Push_ProxyThatTakesSmallBodiesOnly_SaysWhatToDo(bool isNewLayer)
    {
        using var registry = new RealRegistry(hasPassword: true);
        LayoutImages images = WriteImage(noise: 12_000_000);
        StartProxy($"client_max_body_size 1m; location / {{ {Nginx.PassTo(registry.Host)} }}");

        OciException error = await RegistryTestBase.GetErrorAsync(() => isNewLayer
            ? RegistryTestBase.RemoveAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1")
            : TestImages.CopyAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1"));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Contains("413", error.Message, StringComparison.Ordinal);
        Assert.Contains("client_max_body_size", error.Message, StringComparison.Ordinal);
        // It will not get smaller: it is not tried again; .NET may, where the proxy closed the connection.
        Assert.InRange(_proxy.Requests.Count(request => request.StartsWith("413", StringComparison.Ordinal)), 1, 2);
        Assert.Empty(await TagsAsync(registry));
    }

    [PeerTheory("docker-registry", "nginx")]
    [InlineData("proxy_request_buffering on;")]
    [InlineData("proxy_request_buffering off;")]
    public async Task Push_ProxyThatTakesBodiesOfAChunkAtMost_GetsChunks(string buffering)
    {
        using var registry = new RealRegistry(hasPassword: true);
        LayoutImages images = WriteImage(noise: 30_000_000);
        StartProxy($"client_max_body_size 9m; location / {{ {buffering} {Nginx.PassTo(registry.Host)} }}");

        await RegistryTestBase.RemoveAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1");

        Assert.Equal(["noise"], await RegistryTestBase.ListAsync($"{_proxy.Host}/team/app:1"));
    }

    [PeerTheory("docker-registry", "nginx")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Push_ProxyThatHidesItsScheme_IsNamedAndNothingIsSent(bool isNewLayer)
    {
        using var registry = new RealRegistry(hasPassword: true);
        LayoutImages images = WriteImage();
        StartProxy($"client_max_body_size 0; location / {{ {Nginx.PassTo(registry.Host, scheme: "http")} }}");

        OciException error = await RegistryTestBase.GetErrorAsync(() => isNewLayer
            ? RegistryTestBase.RemoveAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1")
            : TestImages.CopyAsync($"oci:{images.Folder}:1", $"{_proxy.Host}/team/app:1"));

        Assert.Equal("UnsafeRedirect", error.ErrorId);
        Assert.Contains("X-Forwarded-Proto", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _proxy.Requests,
            request => request.Contains(" PUT ", StringComparison.Ordinal) || request.Contains(" PATCH ", StringComparison.Ordinal));
        Assert.Empty(await TagsAsync(registry));
    }

    private static async Task<string[]> TagsAsync(RealRegistry registry)
    {
        TestSession.Current.Registries.Connect(Credential(new RegistryConnection(registry.Host) { PlainHttp = true }));
        try
        {
            return await StoreCopy.TagsAsync($"{registry.Host}/team/app");
        }
        catch (ContentNotFoundException)
        {
            return [];
        }
        finally
        {
            TestSession.Current.Registries.Disconnect(registry.Host);
        }
    }

    private static RegistryConnection Credential(RegistryConnection connection) =>
        connection with { Credential = RegistryCredential.FromPassword(RealRegistry.UserName, RealRegistry.Password) };

    private void StartProxy(string server)
    {
        _proxy.Start(server, _authority.IssueServer());
        TestSession.Current.Registries.Connect(
            Credential(new RegistryConnection(_proxy.Host) { Tls = new TlsSettings { Authorities = [_authority.Certificate] } }));
    }

    private LayoutImages WriteImage(int noise = 2_000_000)
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.Image(
            "linux/amd64", [images.Layer(("etc/secret.key", "SECRET"), ("noise", Convert.ToBase64String(Sample.Noise(noise))))]));
        return images;
    }
}
