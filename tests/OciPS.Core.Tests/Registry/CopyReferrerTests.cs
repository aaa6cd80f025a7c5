// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>What refers to an image comes along, or is warned about.</summary>
public sealed partial class CopyReferrerTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public CopyReferrerTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_WithReferrers_BringsThemAndTheirs(bool hasApi)
    {
        Registry.Options.HasReferrersApi = hasApi;
        (JsonObject image, JsonObject sbom, JsonObject signature) = PushSigned();

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: true);

        using var mirror = new RegistryPeer(Host, "mirror/app");
        Assert.All([image, sbom, signature], part => Assert.Equal(
            ImageParts.FromLayout(_images.Folder, LayoutImages.Digest(part)).Digests, mirror.Parts(LayoutImages.Digest(part)).Digests));
        Assert.Equal(hasApi ? new HashSet<string> { "2" } : ["2", FallbackTag(image), FallbackTag(sbom)], Tags("mirror/app"));
        if (!hasApi)
        {
            Assert.Equal([(LayoutImages.Digest(sbom), "application/vnd.sbom")], Listed("mirror/app", image));
            Assert.Equal([(LayoutImages.Digest(signature), "application/vnd.signature")], Listed("mirror/app", sbom));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_WithoutReferrers_LeavesThemAndDoesNotWarn(bool hasApi)
    {
        Registry.Options.HasReferrersApi = hasApi;
        (_, JsonObject sbom, _) = PushSigned();

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: false);

        Assert.Null(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(sbom)));
        Assert.Equal(["2"], Tags("mirror/app"));
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Copy_CosignsTags_ComeAlongUnderTheirNames()
    {
        (JsonObject image, _, _) = PushSigned();
        PushCosign(image, ".sig", ".att", ".sbom");

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: true);

        foreach (string suffix in new[] { ".sig", ".att", ".sbom" })
        {
            Assert.Equal(
                Registry.Content.FindManifest("team/app", FallbackTag(image) + suffix)!.Digest,
                Registry.Content.FindManifest("mirror/app", FallbackTag(image) + suffix)!.Digest);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_IntoALayoutAndOutOfIt_KeepsWhatRefersToTheImage(bool hasApi)
    {
        Registry.Options.HasReferrersApi = hasApi;
        (JsonObject image, JsonObject sbom, JsonObject signature) = PushSigned();
        PushCosign(image, ".sig");

        await CopyAsync($"{Host}/team/app:1", $"oci:{_folder["out"]}:1", withReferrers: true);
        Registry.Options.HasReferrersApi = false;
        await CopyAsync($"oci:{_folder["out"]}:1", $"{Host}/back/app:1", withReferrers: true);

        Assert.Equal(new HashSet<string> { "1", FallbackTag(image), FallbackTag(image) + ".sig", FallbackTag(sbom) }, Tags("back/app"));
        Assert.Equal(LayoutImages.Digest(image), Registry.Content.FindManifest("back/app", "1")!.Digest);
        Assert.Equal([(LayoutImages.Digest(sbom), "application/vnd.sbom")], Listed("back/app", image));
        Assert.Equal([(LayoutImages.Digest(signature), "application/vnd.signature")], Listed("back/app", sbom));
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Copy_Twice_ListsEachReferrerOnce()
    {
        (JsonObject image, JsonObject sbom, _) = PushSigned();
        JsonObject second = _images.Artifact("application/vnd.second", image);
        _images.Tag("second", second);
        _images.Tag("sbom", sbom);

        await CopyAsync($"oci:{_images.Folder}:1", $"{Host}/mirror/app:2", withReferrers: true);
        await CopyAsync($"oci:{_images.Folder}:1", $"{Host}/mirror/app:2", withReferrers: true);

        Assert.Equal(
            new[] { (LayoutImages.Digest(sbom), "application/vnd.sbom"), (LayoutImages.Digest(second), "application/vnd.second") }.Order(),
            Listed("mirror/app", image).Order());
    }

    [Fact]
    public async Task Copy_IndexOfReferrersOfOneImage_ListsThemAllUnderTheFallbackTag()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject[] referrers = Enumerable.Range(0, 12).Select(number => _images.Artifact($"application/vnd.number{number}", image))
            .ToArray();
        _images.Tag("1", _images.Index(referrers));

        await CopyAsync($"oci:{_images.Folder}:1", $"{Host}/mirror/app:1", withReferrers: false);

        Assert.Equal(referrers.Select(LayoutImages.Digest).Order(), Listed("mirror/app", image).Select(entry => entry.Item1).Order());
    }

    [Fact]
    public async Task Copy_ReferrersOfImagesInAnIndex_ComeAlongToo()
    {
        Registry.Options.HasReferrersApi = true;
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject index = _images.Index(image, _images.Image("linux/arm/v7", []));
        JsonObject ofImage = _images.Artifact("application/vnd.sbom", image);
        JsonObject ofIndex = _images.Index(_images.Artifact("application/vnd.inner"));
        JsonObject listing = _images.Json(LayoutImages.Digest(ofIndex));
        listing["subject"] = index.DeepClone();
        ofIndex = _images.Put(listing, LayoutImages.IndexType);
        Push("team/app", index, "1");
        Push("team/app", ofImage);
        Push("team/app", ofIndex);

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", withReferrers: true);

        using var mirror = new RegistryPeer(Host, "mirror/app");
        Assert.All([index, ofImage, ofIndex], part => Assert.Equal(
            ImageParts.FromLayout(_images.Folder, LayoutImages.Digest(part)).Digests, mirror.Parts(LayoutImages.Digest(part)).Digests));
    }

    [Fact]
    public async Task Copy_WithReferrers_MovesTheTagLast()
    {
        (JsonObject image, _, _) = PushSigned();
        PushCosign(image, ".sig");

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: true);

        Assert.EndsWith(
            "/mirror/app/manifests/2", Registry.Requests.Last(request => request.Method == "PUT").Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_ReferrerCannotBeWritten_LeavesTheTag()
    {
        (_, JsonObject sbom, _) = PushSigned();
        string before = Registry.Content.PutManifest("mirror/app", "2", [1, 2, 3], "application/json");
        Registry.Options.Intercept = context =>
        {
            bool fails = context.Request.Method == "PUT"
                && context.Request.Path.Value!.EndsWith(LayoutImages.Digest(sbom), StringComparison.Ordinal);
            context.Response.StatusCode = fails ? 500 : 200;
            return Task.FromResult(fails);
        };

        OciException error = await GetErrorAsync(() => CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: true));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Equal(before, Registry.Content.FindManifest("mirror/app", "2")!.Digest);
    }

    [Fact]
    public async Task Copy_ReferrersInPages_AreAllCopied()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject[] referrers = Enumerable.Range(0, 3).Select(number => _images.Artifact($"application/vnd.number{number}", image))
            .ToArray();
        Push("team/app", image, "1");
        Array.ForEach(referrers, referrer => Push("team/app", referrer));
        Registry.Options.Intercept = context => AnswerPageAsync(context, LayoutImages.Digest(image), referrers);

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", withReferrers: true);

        Assert.All(referrers, referrer => Assert.NotNull(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(referrer))));
    }

    private static async Task<bool> AnswerPageAsync(HttpContext context, string subject, JsonObject[] referrers)
    {
        if (!context.Request.Path.Value!.EndsWith("/referrers/" + subject, StringComparison.Ordinal))
        {
            return false;
        }

        int page = int.Parse("0" + context.Request.Query["page"], System.Globalization.CultureInfo.InvariantCulture);
        if (page + 1 < referrers.Length)
        {
            context.Response.Headers.Link = $"<{context.Request.Path}?page={page + 1}>; rel=\"next\"";
        }

        context.Response.ContentType = LayoutImages.IndexType;
        await context.Response.WriteAsync($$"""{"schemaVersion":2,"manifests":[{{referrers[page].ToJsonString()}}]}""");
        return true;
    }

    /// <summary>An image as <c>team/app:1</c> with an SBOM, and a signature of the SBOM.</summary>
    private (JsonObject Image, JsonObject Sbom, JsonObject Signature) PushSigned()
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("bin/app", "app"))]);
        JsonObject sbom = _images.Artifact("application/vnd.sbom", image);
        JsonObject signature = _images.Artifact("application/vnd.signature", sbom);
        _images.Tag("1", image);
        Push("team/app", image, "1");
        Push("team/app", sbom);
        Push("team/app", signature);
        if (!Registry.Options.HasReferrersApi)
        {
            using var peer = new RegistryPeer(Host, "team/app");
            peer.Put(FallbackTag(image), List(sbom), LayoutImages.IndexType);
            peer.Put(FallbackTag(sbom), List(signature), LayoutImages.IndexType);
        }

        return (image, sbom, signature);
    }

    private void PushCosign(JsonObject image, params string[] suffixes)
    {
        foreach (string suffix in suffixes)
        {
            Push("team/app", _images.Artifact($"application/vnd.dev.cosign{suffix}"), FallbackTag(image) + suffix);
        }
    }

    private void Push(string repository, JsonObject descriptor, string? tag = null)
    {
        using var peer = new RegistryPeer(Host, repository);
        peer.Push(_images.Folder, LayoutImages.Digest(descriptor), tag ?? LayoutImages.Digest(descriptor));
    }

    private Task<PublishedImage> CopyAsync(
        string from, string to, bool withReferrers, WriteOptions? options = null, PlatformSelection? platforms = null) =>
        TestImages.CopyAsync(from, to, options, platforms, withReferrers, _log);

    private static string FallbackTag(JsonObject descriptor) => LayoutImages.Digest(descriptor).Replace(':', '-');

    private static byte[] List(JsonObject descriptor) =>
        Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{LayoutImages.IndexType}}","manifests":[{{descriptor.ToJsonString()}}]}""");

    private HashSet<string> Tags(string repository) => [.. Registry.Content.TagsIn(repository)];

    private (string, string)[] Listed(string repository, JsonObject subject)
    {
        RegistryContent.StoredManifest list = Registry.Content.FindManifest(repository, FallbackTag(subject))!;
        Assert.Equal(LayoutImages.IndexType, list.MediaType);
        return JsonNode.Parse(list.Bytes)!["manifests"]!.AsArray()
            .Select(entry => ((string)entry!["digest"]!, (string)entry["artifactType"]!))
            .ToArray();
    }
}
