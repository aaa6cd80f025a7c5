// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class IndexEditorTests
{
    private const string Source = $$"""
        { "schemaVersion": 2, "x-before": 1.50, "mediaType": "{{MediaTypes.OciIndex}}",
          "manifests": [
            { "mediaType": "{{MediaTypes.OciManifest}}", "digest": "{{Json.DigestA}}", "size": 10, "x": [null],
              "platform": { "os": "linux", "architecture": "amd64", "x": 1 }, "data": "b2xk",
              "annotations": { "org.example": "<é&>", "io.github.containers.zstd-chunked.x": "old" } },
            { "mediaType": "{{MediaTypes.OciManifest}}", "digest": "{{Json.DigestB}}", "size": 20 },
            { "mediaType": "{{MediaTypes.OciManifest}}", "digest": "{{Json.DigestC}}", "size": 30,
              "annotations": { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": "{{Json.DigestA}}" } } ],
          "annotations": { "org.example.index": "kept" } }
        """;

    private static readonly Digest s_new = Digest.FromBytes("new"u8);

    [Fact]
    public void Replace_NothingChanges_GivesTheVeryBytes()
    {
        ImageIndex index = Parse(Source);

        ManifestContent same = IndexEditor.Replace(
            index, index.Manifests.Select(entry => new IndexEditor.Change(entry)).ToArray(), MediaTypes.OciIndex, "The index");

        Assert.Same(index.Content, same);
    }

    [Fact]
    public void Replace_OneEntry_KeepsTheRestAndDropsWhatSpeaksOfTheOldBytes()
    {
        ImageIndex index = Parse(Source);

        ManifestContent changed = Replace(
            index, new(new Descriptor(MediaTypes.OciManifest, s_new, 99)), new(index.Manifests[1]), new(index.Manifests[2]));

        JsonNode expected = JsonNode.Parse(Source)!;
        JsonObject entry = expected["manifests"]![0]!.AsObject();
        entry["digest"] = s_new.ToString();
        entry["size"] = 99;
        entry.Remove("data");
        entry["annotations"]!.AsObject().Remove("io.github.containers.zstd-chunked.x");
        Expect(expected, changed);
        Assert.Contains("1.50", Json.Text(changed.Bytes), StringComparison.Ordinal);
        Assert.Contains("<é&>", Json.Text(changed.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Replace_EntriesThatGo_AreLeftOutAndTheOrderStays()
    {
        ImageIndex index = Parse(Source);

        ManifestContent changed = Replace(index, default, new(index.Manifests[1]), default);

        JsonNode expected = JsonNode.Parse(Source)!;
        expected["manifests"]!.AsArray().RemoveAt(2);
        expected["manifests"]!.AsArray().RemoveAt(0);
        Expect(expected, changed);
    }

    [Fact]
    public void Replace_WhatAnEntrySpeaksOf_Follows()
    {
        ImageIndex index = Parse(Source);

        ManifestContent changed = Replace(
            index, new(new Descriptor(MediaTypes.OciManifest, s_new, 99)), default, new(index.Manifests[2], s_new));

        JsonNode entries = JsonNode.Parse(changed.Bytes.Span)!["manifests"]!;
        Assert.Equal(
            $$"""{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{{s_new}}"}""",
            entries[1]!["annotations"]!.ToJsonString());
        Assert.Equal(Json.DigestC, (string?)entries[1]!["digest"]);
        Assert.Equal(30, (int)entries[1]!["size"]!);
    }

    [Fact]
    public void Replace_OnlyWhatAnEntrySpeaksOf_IsAChange()
    {
        ImageIndex index = Parse(Source);

        ManifestContent changed = Replace(index, new(index.Manifests[0]), new(index.Manifests[1]), new(index.Manifests[2], s_new));

        Assert.NotEqual(index.Content.Digest, changed.Digest);
        JsonNode expected = JsonNode.Parse(Source)!;
        expected["manifests"]![2]!["annotations"]!["vnd.docker.reference.digest"] = s_new.ToString();
        Expect(expected, changed);
    }

    [Fact]
    public void Replace_OtherType_IsInTheDocumentToo()
    {
        ImageIndex index = Parse(Source);

        ManifestContent changed = IndexEditor.Replace(
            index, index.Manifests.Select(entry => new IndexEditor.Change(entry with { MediaType = MediaTypes.DockerManifest }))
                .ToArray(), MediaTypes.DockerList, "The index");

        JsonNode json = JsonNode.Parse(changed.Bytes.Span)!;
        Assert.Equal(MediaTypes.DockerList, changed.MediaType);
        Assert.Equal(MediaTypes.DockerList, (string?)json["mediaType"]);
        Assert.All(json["manifests"]!.AsArray(), entry => Assert.Equal(MediaTypes.DockerManifest, (string?)entry!["mediaType"]));
        // Only the type changed, not the bytes that the entry points to.
        Assert.Equal("b2xk", (string?)json["manifests"]![0]!["data"]);
    }

    [Fact]
    public void Replace_KeyThatIsThereTwice_IsAmbiguous()
    {
        string twice = Source.Replace("\"schemaVersion\": 2,", "\"schemaVersion\": 2, \"manifests\": [],", StringComparison.Ordinal);
        ImageIndex index = Parse(twice);

        Json.ExpectInvalid(
            "InvalidManifest", "ambiguous", () => Replace(index, index.Manifests.Select(_ => default(IndexEditor.Change)).ToArray()));
    }

    [Theory]
    [InlineData(ManifestFormat.Oci, "application/vnd.oci.image.index.v1+json")]
    [InlineData(ManifestFormat.Docker, "application/vnd.docker.distribution.manifest.list.v2+json")]
    public void Create_Images_ListsThemWithTheirPlatforms(ManifestFormat format, string mediaType)
    {
        var platform = new Platform("windows", "arm") { Variant = "v7", OSVersion = "10.0", OSFeatures = ["win32k"], Features = ["sse4"] };

        ManifestContent created = IndexEditor.Create(
            format, [(
                new Descriptor(MediaTypes.OciManifest, s_new, 5),
                platform), (new Descriptor(MediaTypes.OciManifest, Digest.Parse(Json.DigestA), 6), null)]);

        string expected = $$$"""
            {"schemaVersion":2,"mediaType":"{{{mediaType}}}","manifests":[
              {"mediaType":"{{{MediaTypes.OciManifest}}}","size":5,"digest":"{{{s_new}}}",
               "platform":{"architecture":"arm","os":"windows","variant":"v7","os.version":"10.0","os.features":["win32k"],"features":["sse4"]}},
              {"mediaType":"{{{MediaTypes.OciManifest}}}","size":6,"digest":"{{{Json.DigestA}}}"}]}
            """;
        Expect(JsonNode.Parse(expected)!, created);
        Assert.Equal(mediaType, created.MediaType);
    }

    private static ManifestContent Replace(ImageIndex index, params IndexEditor.Change[] changes) =>
        IndexEditor.Replace(index, changes, MediaTypes.OciIndex, "The index");

    private static ImageIndex Parse(string json) => ImageIndex.Parse(Json.Content(json, MediaTypes.OciIndex), "The index");

    private static void Expect(JsonNode expected, ManifestContent actual)
    {
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual.Bytes.Span)), Json.Text(actual.Bytes));
        Assert.Equal("sha256:" + Sample.Hash(actual.Bytes.Span), actual.Digest.ToString());
    }
}
