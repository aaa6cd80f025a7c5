// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Removal;
using OciPS.Storage;

namespace OciPS.Core.Tests.Registry;

public sealed class RegistryWriteTests : RegistryTestBase
{
    [Fact]
    public async Task Remove_WithinARepository_SendsOnlyTheNewLayerAndConfig()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean");

        Assert.Equal(2, Uploads("team/app"));
        Assert.True(result.Published.Changed);
        Assert.Single(result.RewrittenLayers);
        Assert.Equal(image.Layers[1], Assert.Single(result.KeptLayers).Digest.ToString());
        Assert.Equal(image.Digest, Registry.Content.FindManifest("team/app", "1")!.Digest);
        Assert.Equal(result.Published.Manifest.Digest.ToString(), Registry.Content.FindManifest("team/app", "clean")!.Digest);
        Assert.Equal(["app/run"], await ListAsync($"{Host}/team/app:clean"));
    }

    [Fact]
    public async Task Remove_ToAnotherRepository_MountsWhatIsKept()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.NotNull(Registry.Content.FindBlob("clean/app", image.Layers[1]));
        Assert.Equal(Registry.Content.FindBlob("team/app", image.Layers[1])!.Length, result.Published.BytesMounted);
        Assert.Contains(Registry.Requests, request => request.Path.Contains("mount=", StringComparison.Ordinal) && request.Path.Contains(
            "from=team%2Fapp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Remove_MountRefused_UsesTheUploadThatIsOfferedInstead()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        // As a registry does that cannot mount.
        Registry.Options.Intercept = context =>
        {
            if (context.Request.Query.ContainsKey("mount"))
            {
                context.Request.QueryString = default;
            }

            return Task.FromResult(false);
        };

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.NotNull(Registry.Content.FindBlob("clean/app", image.Layers[1]));
        Assert.Equal(0, result.Published.BytesMounted);
        Assert.Equal(3, Uploads("clean/app"));
        Assert.Equal(3, Registry.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task TryMount_UploadOfferedForALayerOfUnknownSize_IsCancelled()
    {
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"));
        using var from = TestSession.Store(ImageReference.Parse($"{Host}/team/other:1"));
        var layer = Descriptor.WithUnknownSize(MediaTypes.DockerLayerGzip, Digest.Parse("sha256:" + Sample.Hash([1])));

        Assert.False(await store.TryMountAsync(layer, from.Repository, CancellationToken.None));

        Assert.Contains(Registry.Requests, request => request.Path.Contains("mount=", StringComparison.Ordinal));
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(1L, 3)]
    public async Task Write_LargeBlobOfUnknownDigest_GoesInOneStreamOrInChunks(long? smallestChunk, int requests)
    {
        byte[] content = Sample.Noise(20_000_000);
        Registry.Options.MinimumChunk = smallestChunk;
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"));

        WrittenBlob written = await store.WriteBlobAsync(
            new BlobSource(async (output, token) => await output.WriteAsync(content, token), null), CancellationToken.None);

        Assert.Equal("sha256:" + Sample.Hash(content), written.Digest.ToString());
        Assert.Equal(content, Registry.Content.FindBlob("team/app", written.Digest.ToString()));
        Assert.Equal(requests, Registry.Requests.Count(request => request.Method == "PATCH"));
        Assert.All(
            Registry.Requests.Where(request => request.Method == "PATCH"),
            request => Assert.Equal(smallestChunk is null, request.Range.Length == 0));
        Assert.All(
            Registry.Requests.Where(request => request.Method is "PATCH" or "PUT"),
            request => Assert.Contains("state=some", request.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_RegistrySaysASmallestChunk_ItIsObeyed()
    {
        byte[] content = Sample.Noise(20_000_000);
        Registry.Options.MinimumChunk = 15_000_000;
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"));

        await store.WriteBlobAsync(
            new BlobSource(async (output, token) => await output.WriteAsync(content, token), null), CancellationToken.None);

        Assert.Equal(2, Registry.Requests.Count(request => request.Method == "PATCH"));
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Remove_UploadFails_LeavesTheTagAndCancelsTheUpload(string method)
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        string before = Registry.Content.PutManifest("team/app", "clean", [1, 2, 3], "application/json");
        Registry.Options.Intercept = context =>
        {
            bool fails = context.Request.Method == method;
            context.Response.StatusCode = fails ? 500 : 200;
            return Task.FromResult(fails);
        };

        OciException error = await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean"));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Equal(before, Registry.Content.FindManifest("team/app", "clean")!.Digest);
        Assert.Equal(image.Digest, Registry.Content.FindManifest("team/app", "1")!.Digest);
        Assert.Equal(method != "POST", Registry.Requests.Any(request => request.Method == "DELETE"));
    }

    [Fact]
    public async Task Remove_SourceLayerIsWrong_PublishesNothing()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        byte[] blob = Registry.Content.FindBlob("team/app", image.Layers[1])!;
        Registry.Content.Corrupt("team/app", image.Layers[1], Sample.Flip(blob, 8 * 5));

        OciException error = await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1"));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Empty(Registry.Content.BlobsIn("clean/app"));
        Assert.Null(Registry.Content.FindManifest("clean/app", "1"));
    }

    [Fact]
    public async Task Remove_RegistryStoresAnotherManifest_IsDigestMismatch()
    {
        TestSession.Use(clock: new TestClock());
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Intercept = context =>
        {
            bool isManifest = context.Request.Method == "PUT"
                && context.Request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal);
            if (isManifest)
            {
                context.Response.StatusCode = 201;
                context.Response.Headers["Docker-Content-Digest"] = "sha256:" + new string('0', 64);
            }

            return Task.FromResult(isManifest);
        };

        Assert.Equal("DigestMismatch", (await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean"))).ErrorId);
    }

    private int Uploads(string repository) => Registry.Requests.Count(request =>
        request.Method == "PUT" && request.Path.StartsWith($"/v2/{repository}/blobs/uploads/", StringComparison.Ordinal));
}
