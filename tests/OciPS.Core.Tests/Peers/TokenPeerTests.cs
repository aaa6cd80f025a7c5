// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Connections;
using OciPS.Storage;

namespace OciPS.Core.Tests.Peers;

/// <summary>A real registry that wants tokens, which a service of the test's own signs.</summary>
[Trait("Speed", "Slow")]
public sealed class TokenPeerTests : IAsyncLifetime, IDisposable
{
    private const int BigLayer = 16_000_000;

    private readonly TemporaryFolder _folder = new();
    private TokenIssuer _tokens = null!;

    public async Task InitializeAsync() => _tokens = await TokenIssuer.StartAsync();

    public async Task DisposeAsync()
    {
        TestSession.Current.Registries.DisconnectAll();
        await _tokens.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [PeerTheory("docker-registry")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PushCopyListRemove_RightCredential_TakeATokenForEachScope(bool hasIdentityToken)
    {
        using RealRegistry registry = StartRegistry(hasIdentityToken);
        LayoutImages images = WriteImage();

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        string[] tags = await StoreCopy.TagsAsync($"{registry.Host}/team/app");
        PublishedImage mounted = await TestImages.CopyAsync($"{registry.Host}/team/app:1", $"{registry.Host}/mirror/app:1");
        await RegistryTestBase.RemoveAsync($"{registry.Host}/mirror/app:1", $"{registry.Host}/mirror/app:clean");

        Assert.Equal(["1"], tags);
        Assert.Equal(0, mounted.BytesTransferred);
        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync($"{registry.Host}/mirror/app:1"));
        Assert.Equal(["etc/os-release", "bin/app"], await RegistryTestBase.ListAsync($"{registry.Host}/mirror/app:clean"));
        string method = hasIdentityToken ? "POST" : "GET";
        Assert.Contains($"{method} repository:mirror/app:pull,push repository:team/app:pull", _tokens.Asked);
        Assert.All(_tokens.Asked, asked => Assert.StartsWith(method, asked, StringComparison.Ordinal));
        // However many transfers wait for a token, it is asked for once.
        Assert.Equal(_tokens.Asked.Distinct(), _tokens.Asked);
    }

    [PeerFact("docker-registry")]
    public async Task Copy_IdentityTokensAreGoodForOneRequest_TakesTheNextOneEachTime()
    {
        _tokens.RenewsIdentityTokens = true;
        using RealRegistry registry = StartRegistry(hasIdentityToken: true);
        LayoutImages images = WriteImage();

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        await TestImages.CopyAsync($"{registry.Host}/team/app:1", $"{registry.Host}/mirror/app:1");

        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync($"{registry.Host}/mirror/app:1"));
        Assert.InRange(_tokens.Asked.Count, 3, 10);
    }

    [PeerFact("docker-registry")]
    public async Task Copy_ServiceRefusesBothScopes_AsksForTheDestinationsAlone()
    {
        using RealRegistry registry = StartRegistry();
        LayoutImages images = WriteImage();
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        _tokens.RefusesSeveralScopes = true;
        TestSession.Current.Registries.Connect(TestSession.Current.Registries.GetConnection(registry.Host));

        PublishedImage copy = await TestImages.CopyAsync($"{registry.Host}/team/app:1", $"{registry.Host}/mirror/app:1");

        Assert.Equal(0, copy.BytesMounted);
        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync($"{registry.Host}/mirror/app:1"));
    }

    [PeerFact("docker-registry")]
    public async Task Copy_ServiceGrantsLessThanBothScopes_StillWrites()
    {
        using RealRegistry registry = StartRegistry();
        LayoutImages images = WriteImage();
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        // What is read from the source is read with tokens from before.
        await StoreCopy.ReadAllAsync($"{registry.Host}/team/app:1");
        _tokens.Allows = (repository, _) => repository == "mirror/app";

        PublishedImage copy = await TestImages.CopyAsync($"{registry.Host}/team/app:1", $"{registry.Host}/mirror/app:1");

        Assert.Equal(0, copy.BytesMounted);
        Assert.Equal(copy.Manifest.Digest.ToString(), await StoreCopy.ReadAllAsync($"{registry.Host}/mirror/app:1"));
    }

    [PeerTheory("docker-registry")]
    [InlineData("team/app")]
    [InlineData("mirror/app")]
    public async Task Copy_NotAllowed_IsRefusedAndChangesNothing(string forbidden)
    {
        using RealRegistry registry = StartRegistry();
        LayoutImages images = WriteImage();
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        TestSession.Current.Registries.Connect(TestSession.Current.Registries.GetConnection(registry.Host));
        _tokens.Allows = (repository, action) => repository != forbidden;
        string[] before = registry.Snapshot();

        OciException error = await RegistryTestBase.GetErrorAsync(
            () => TestImages.CopyAsync($"{registry.Host}/team/app:1", $"{registry.Host}/mirror/app:1"));

        Assert.Contains(error.ErrorId, new[] { "Unauthorized", "AccessDenied" });
        Assert.Equal(before, registry.Snapshot());
    }

    [PeerTheory("docker-registry")]
    [InlineData(300)]
    [InlineData(1)]
    public async Task Write_TokensEndInTheMiddle_GoesOnWithFreshOnes(int expiresIn)
    {
        using RealRegistry registry = StartRegistry();
        // The registry takes a token for no more than two seconds; the service may say so, or think that it takes it longer.
        (_tokens.Lifetime, _tokens.ExpiresIn) = (1, expiresIn);
        byte[] piece = Sample.Noise(1_000_000);
        using var store = TestSession.Store(ImageReference.Parse($"{registry.Host}/team/app"));
        var slow = new BlobSource(
            async (output, token) =>
            {
                for (int i = 0; i < 40; i++)
                {
                    await output.WriteAsync(piece, token);
                    await Task.Delay(150, token);
                }
            },
            null);

        WrittenBlob written = await store.WriteBlobAsync(slow, CancellationToken.None);

        Assert.Equal(40_000_000, written.Size);
        Assert.InRange(_tokens.Asked.Count(asked => asked == "GET repository:team/app:pull,push"), 2, 20);
        Assert.True(await store.BlobExistsAsync(new Descriptor("", written.Digest, written.Size), CancellationToken.None));
        byte[] read = new byte[piece.Length];
        await using Stream content = await store.OpenBlobAsync(new Descriptor("", written.Digest, written.Size), CancellationToken.None);
        await content.ReadExactlyAsync(read);
        Assert.Equal(piece, read);
    }

    [PeerFact("docker-registry")]
    public async Task Copy_TokensEndInTheMiddleOfADownloadThatIsCut_GoesOnWithFreshOnes()
    {
        using RealRegistry registry = StartRegistry();
        var images = new LayoutImages(_folder["in"]);
        string digest = images.Tag("1", images.Image("linux/amd64", [Layer(images)]));
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/app:1");
        using var slow = new TcpRelay(registry.Port, bytesPerSecond: 5_000_000);
        TestSession.Current.Registries.Connect(TestSession.Current.Registries.GetConnection(registry.Host) with { Registry = slow.Host });
        (_tokens.Lifetime, _tokens.ExpiresIn) = (1, 300);

        Task<PublishedImage> copying = TestImages.CopyAsync($"{slow.Host}/team/app:1", $"oci:{_folder["out"]}:1");
        await Task.Delay(TimeSpan.FromSeconds(2.3));
        slow.Cut();

        Assert.Equal(digest, (await copying).Manifest.Digest.ToString());
        Assert.Equal(ImageParts.FromLayout(images.Folder, digest).Digests, ImageParts.FromLayout(_folder["out"], digest).Digests);
        Assert.InRange(_tokens.Asked.Count(asked => asked == "GET repository:team/app:pull"), 2, 20);
    }

    private static System.Text.Json.Nodes.JsonObject Layer(LayoutImages images) =>
        images.Layer(("etc/secret.key", "SECRET"), ("noise", Convert.ToBase64String(Sample.Noise(BigLayer))));

    private LayoutImages WriteImage()
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.Image(
            "linux/amd64",
            [images.Layer(("etc/secret.key", "SECRET"), ("etc/os-release", "NAME=example")), images.Layer(("bin/app", "app"))]));
        return images;
    }

    private RealRegistry StartRegistry(bool hasIdentityToken = false)
    {
        var registry = new RealRegistry(tokens: _tokens, secret: "the same after each start");
        TestSession.Current.Registries.Connect(new RegistryConnection(registry.Host)
        {
            PlainHttp = true,
            Credential = hasIdentityToken
                ? new RegistryCredential { IdentityToken = TokenIssuer.IdentityToken }
                : RegistryCredential.FromPassword(RealRegistry.UserName, RealRegistry.Password),
        });
        return registry;
    }
}
