// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Repair;

/// <summary>Indexes and artifacts.</summary>
public sealed partial class ImageRepairerTests
{
    [Fact]
    public async Task Repair_IndexWithOneBrokenImage_ChangesThatEntryAlone()
    {
        JsonObject sane = _images.Image("linux/amd64", _layers);
        JsonObject broken = Image($$"""{"os":"linux","architecture":"arm64",{{RootFs(_diffIds)}}}""", _layers);
        broken["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "arm64" };
        broken["annotations"] = new JsonObject { ["org.example"] = "kept" };
        JsonObject[] entries = [_images.Attestation(sane), sane, broken, _images.Artifact(), _images.Attestation(broken)];
        _images.Tag("1", _images.Index(entries));

        PublishedImage result = await Repairs.RunAsync(In, $"oci:{_folder["out"]}:1", log: _log);

        var after = LayoutImages.Open(_folder["out"]);
        JsonArray listed = after.Json(result.Manifest.Digest.ToString())["manifests"]!.AsArray();
        string digest = (string)listed[2]!["digest"]!;
        broken["digest"] = digest;
        broken["size"] = after.Blob(digest).Length;
        entries[4]["annotations"]!["vnd.docker.reference.digest"] = digest;
        Assert.True(JsonNode.DeepEquals(new JsonArray(entries), listed), listed.ToJsonString());
        Assert.Equal(3, after.Json((string)after.Json(digest)["config"]!["digest"]!)["history"]!.AsArray().Count);
        Assert.Contains("attestation", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.True(result.Changed);
    }

    [Fact]
    public async Task Repair_ConfigThatASaneImageHasToo_ComesAlongForThat()
    {
        // The same config is enough for two layers, and too little for three.
        JsonObject config = _images.Put(Encoding.UTF8.GetBytes(
            $$"""{"os":"linux","architecture":"amd64","history":[{},{}],{{RootFs(_diffIds[..2])}}}"""), LayoutImages.ConfigType);
        JsonObject sane = _images.Put(LayoutImages.Manifest(config, _layers[..2]), LayoutImages.ManifestType);
        JsonObject broken = _images.Put(LayoutImages.Manifest(config, _layers), LayoutImages.ManifestType);
        _images.Tag("1", _images.Index(sane, broken));

        await Repairs.RunAsync(In, $"oci:{_folder["out"]}:1", deep: true);

        Assert.Equal(_images.Blob(LayoutImages.Digest(config)), LayoutImages.Open(_folder["out"]).Blob(LayoutImages.Digest(config)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repair_Artifact_IsLeftAlone(bool deep)
    {
        JsonObject chart = _images.Put(
            LayoutImages.Manifest(_images.Put("""{"name":"chart"}"""u8.ToArray(), "application/vnd.cncf.helm.config.v1+json"), [
                _images.GetLayer("application/vnd.cncf.helm.chart.content.v1.tar+gzip", ("x", "X"))]),
            LayoutImages.ManifestType);
        string digest = _images.Tag("1", chart);

        Assert.False(await Repairs.IsNeededAsync(In, deep, _log));
        Assert.Empty(_log.Warnings);
        PublishedImage copied = await Repairs.RunAsync(In, $"oci:{_folder["out"]}:1", deep);
        Assert.Equal(digest, copied.Manifest.Digest.ToString());
        Assert.Equal(_images.Blob(digest), LayoutImages.Open(_folder["out"]).Blob(digest));
    }
}
