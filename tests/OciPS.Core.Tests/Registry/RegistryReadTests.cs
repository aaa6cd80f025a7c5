// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

public sealed class RegistryReadTests : RegistryTestBase
{
    [Fact]
    public async Task Resolve_Tag_GivesTheRegistrysBytes()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");

        ManifestContent manifest = await ResolveAsync($"{Host}/team/app:1");

        Assert.Equal(image.Digest, manifest.Digest.ToString());
        Assert.Equal(Registry.Content.FindManifest("team/app", "1")!.Bytes, manifest.Bytes.ToArray());
        string accept = Registry.Requests.Single(request => request.Path.Contains("/manifests/", StringComparison.Ordinal)).Accept;
        Assert.StartsWith("application/vnd.oci.image.index.v1+json", accept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_UnknownTag_IsManifestNotFound() =>
        Assert.Equal("ManifestNotFound", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:none"))).ErrorId);

    [Fact]
    public async Task Resolve_OtherBytesUnderADigest_IsDigestMismatchWithBothDigests()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        byte[] other = Encoding.UTF8.GetBytes("""{"schemaVersion":2,"config":{},"layers":[]}""");
        Registry.Content.Corrupt(
            "team/app", image.Digest, new RegistryContent.StoredManifest(other, "application/vnd.oci.image.manifest.v1+json"));

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app@{image.Digest}"));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Contains(image.Digest, error.Message, StringComparison.Ordinal);
        Assert.Contains(RegistryContent.GetDigest(other), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_ManifestOfMoreThanFourMebibytes_IsManifestTooLarge()
    {
        Registry.Content.PutManifest("team/app", "1", new byte[(4 * 1024 * 1024) + 1], "application/vnd.oci.image.manifest.v1+json");

        Assert.Equal("ManifestTooLarge", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
    }

    [Fact]
    public async Task Resolve_NotJson_IsInvalidManifest()
    {
        Registry.Content.PutManifest("team/app", "1", Encoding.UTF8.GetBytes("<html>"), "application/vnd.oci.image.manifest.v1+json");

        Assert.Equal("InvalidManifest", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
    }

    [Fact]
    public async Task Resolve_NobodyListens_IsRegistryUnreachable()
    {
        string host = Host;
        await Registry.DisposeAsync();

        Assert.Equal("RegistryUnreachable", (await GetErrorAsync(() => ResolveAsync($"{host}/team/app:1"))).ErrorId);
    }

    [Fact]
    public async Task List_EveryLayer_BaseFirst()
    {
        RegistryImage.Push(Registry, "team/app");

        Assert.Equal(["etc/secret.key", "app/run"], await ListAsync($"{Host}/team/app:1"));
    }

    [Theory]
    [InlineData("flip", "DigestMismatch")]
    [InlineData("cut", "SizeMismatch")]
    [InlineData("longer", "SizeMismatch")]
    public async Task List_WrongLayer_SaysWhatIsWrong(string how, string errorId)
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        byte[] blob = Registry.Content.FindBlob("team/app", image.Layers[1])!;
        byte[] wrong = how switch
        {
            // In gzip's header: the file's time, which no decompressor looks at.
            "flip" => Sample.Flip(blob, 8 * 5),
            "cut" => blob[..^10],
            _ => [.. blob, 0],
        };
        Registry.Content.Corrupt("team/app", image.Layers[1], wrong);

        OciException error = await GetErrorAsync(() => ListAsync($"{Host}/team/app:1"));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(image.Layers[1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_LayerIsGone_IsBlobNotFoundThatNamesIt()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Registry.Content.RemoveBlob("team/app", image.Layers[0]);

        OciException error = await GetErrorAsync(() => ListAsync($"{Host}/team/app:1"));

        Assert.Equal("BlobNotFound", error.ErrorId);
        Assert.Contains(image.Layers[0], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "RegistryError")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(403, "AccessDenied")]
    public async Task Resolve_RegistryRefuses_SaysStatusAndReason(int status, string errorId)
    {
        Registry.Options.Intercept = async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.Body.WriteAsync("""{"errors":[{"code":"SOME_CODE","message":"some reason"}]}"""u8.ToArray());
            return true;
        };

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
        Assert.Contains("SOME_CODE some reason", error.Message, StringComparison.Ordinal);
    }
}
