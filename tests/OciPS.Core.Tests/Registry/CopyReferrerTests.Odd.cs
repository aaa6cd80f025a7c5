// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

public sealed partial class CopyReferrerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_RegistryThatTakesATagForADigest_FindsNoReferrersInTheImage(bool isIndex)
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("a", "A"))]);
        JsonObject pushed = isIndex ? _images.Index(image, _images.Image("linux/arm64", [])) : image;
        Push("team/app", pushed, "1");
        Registry.Options.Intercept = AnswerTagsOfDigestsAsync;

        await CopyAsync($"{Host}/team/app:1", $"oci:{_folder["out"]}:1", withReferrers: true);

        Assert.Single(JsonNode.Parse(File.ReadAllBytes(_folder["out/index.json"]))!["manifests"]!.AsArray());
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Copy_ReferrerIntoARegistryThatTakesATagForADigest_ListsTheReferrerAlone()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject sbom = _images.Artifact("application/vnd.sbom", image);
        _images.Tag("1", image);
        _images.Tag("sbom", sbom);
        Registry.Options.Intercept = AnswerTagsOfDigestsAsync;

        await CopyAsync($"oci:{_images.Folder}:1", $"{Host}/mirror/app:1", withReferrers: true);

        Assert.Equal([(LayoutImages.Digest(sbom), "application/vnd.sbom")], Listed("mirror/app", image));
    }

    [Fact]
    public async Task Copy_ReferrersApiThatWantsACredential_WarnsWithTheRemedy()
    {
        PushSigned();
        Registry.Options.Fault = static (_, request) => request.Path.Contains("/referrers/", StringComparison.Ordinal)
            ? RegistryFault.FromStatus(401)
            : null;

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", withReferrers: true);

        Assert.Single(_log.Warnings);
        Assert.Equal([Remedy.AllowPlainHttp], _log.Remedies);
    }

    [Fact]
    public async Task Copy_FallbackTagThatListsOthers_IgnoresWhatHasAnotherSubject()
    {
        (JsonObject image, JsonObject sbom, _) = PushSigned();
        JsonObject other = _images.Artifact("application/vnd.other", _images.Image("linux/arm64", []));
        Push("team/app", other);
        using (var peer = new RegistryPeer(Host, "team/app"))
        {
            peer.Put(FallbackTag(image), System.Text.Encoding.UTF8.GetBytes(
                $$"""{"schemaVersion":2,"manifests":[{{other.ToJsonString()}},{{sbom.ToJsonString()}}]}"""), LayoutImages.IndexType);
        }

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", withReferrers: true);

        Assert.Null(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(other)));
        Assert.NotNull(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(sbom)));
    }

    [Fact]
    public async Task Copy_ReferrersApiThatListsOthers_IgnoresWhatHasAnotherSubject()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject other = _images.Artifact("application/vnd.other", _images.Image("linux/arm64", []));
        Push("team/app", image, "1");
        Push("team/app", other);
        Registry.Options.Intercept = context => AnswerPageAsync(context, LayoutImages.Digest(image), [other]);

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", withReferrers: true);

        Assert.Null(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(other)));
    }

    [Theory]
    [InlineData(401, "text/plain", "no")]
    [InlineData(403, "application/json", """{"errors":[{"code":"DENIED","message":"not here"}]}""")]
    [InlineData(200, "text/html", "<html><body>Sign in</body></html>")]
    [InlineData(200, "application/json", "{}")]
    public async Task Copy_ReferrersApiAloneRefuses_WarnsAndGoesOnWithTheTag(int status, string type, string body)
    {
        (JsonObject image, JsonObject sbom, _) = PushSigned();
        PushCosign(image, ".sig");
        AllowCredentials();
        Registry.Options.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
            return true;
        };

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: true);

        string warning = Assert.Single(_log.Warnings);
        Assert.Contains(status == 200 ? type : $"status {status}", warning, StringComparison.Ordinal);
        Assert.Contains("Signatures", warning, StringComparison.Ordinal);
        Assert.NotNull(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(sbom)));
        Assert.Equal(LayoutImages.Digest(image), Registry.Content.FindManifest("mirror/app", "2")!.Digest);
        Assert.NotNull(Registry.Content.FindManifest("mirror/app", FallbackTag(image) + ".sig"));
    }

    [PeerFact("skopeo")]
    public async Task Copy_ImageInAFolder_IsNotTakenForItsOwnSignature()
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("a", "A"))]);
        _images.Tag("1", image);
        Tool.Run("skopeo", "copy", $"oci:{_images.Folder}:1", $"dir:{_folder["dir"]}");
        string digest = LayoutImages.GetDigest(File.ReadAllBytes(_folder["dir/manifest.json"]));

        await CopyAsync($"dir:{_folder["dir"]}", $"{Host}/mirror/app:1", withReferrers: true);

        Assert.Equal(new HashSet<string> { "1" }, Tags("mirror/app"));
        Assert.Equal(digest, Registry.Content.FindManifest("mirror/app", "1")!.Digest);
    }

    /// <summary>Answers <c>sha256-HEX</c>, with whatever behind it, as <c>sha256:HEX</c>.</summary>
    private async Task<bool> AnswerTagsOfDigestsAsync(HttpContext context)
    {
        string name = context.Request.Path.Value!.Split('/')[^1];
        string repository = string.Join('/', context.Request.Path.Value!.Split('/')[2..^2]);
        if (HttpMethods.IsPut(context.Request.Method) || !name.StartsWith("sha256-", StringComparison.Ordinal)
            || Registry.Content.FindManifest(repository, name) is not null
            || Registry.Content.FindManifest(repository, "sha256:" + name["sha256-".Length..].Split('.')[0]) is not { } manifest)
        {
            return false;
        }

        context.Response.ContentType = manifest.MediaType;
        context.Response.Headers["Docker-Content-Digest"] = manifest.Digest;
        await context.Response.Body.WriteAsync(manifest.Bytes);
        return true;
    }
}
