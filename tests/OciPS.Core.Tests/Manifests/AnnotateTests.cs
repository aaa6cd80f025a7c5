// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Manifests;

/// <summary>Annotations that are merged into manifests and indexes.</summary>
public sealed class AnnotateTests
{
    private const string Head = """{ "schemaVersion": 2, "x": 1.50, "config": {}, "layers": []""";

    [Theory]
    [InlineData("", "")]
    [InlineData(""","annotations":{"a":"1","b":"2"}""", "")]
    [InlineData(""","annotations":{"a":"1","b":"2"}""", "b=2")]
    [InlineData(""","annotations":{"a":"1","b":"2"}""", "b=2,a=1")]
    public void Annotate_EqualValues_GivesTheVeryDocument(string tail, string annotations)
    {
        ManifestContent content = Json.Content(Head + tail + "}");

        Assert.Same(content, Annotate(content, annotations));
    }

    [Theory]
    [InlineData("", "a=1", """{"a":"1"}""")]
    [InlineData(""","annotations":null""", "a=1", """{"a":"1"}""")]
    [InlineData(""","annotations":{}""", "a=1,b=2", """{"a":"1","b":"2"}""")]
    [InlineData(""","annotations":{"a":"1","b":"2"}""", "b=3", """{"a":"1","b":"3"}""")]
    [InlineData(""","annotations":{"a":"1","b":"2"}""", "c=,a=1", """{"a":"1","b":"2","c":""}""")]
    [InlineData(""","annotations":{"A":"1"}""", "a=é<&>", """{"A":"1","a":"é<&>"}""")]
    public void Annotate_OtherValues_AreMerged(string tail, string annotations, string expected)
    {
        ManifestContent content = Json.Content(Head + tail + "}");

        ManifestContent changed = Annotate(content, annotations);

        JsonNode json = JsonNode.Parse(Head + "}")!;
        json["annotations"] = JsonNode.Parse(expected);
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(changed.Bytes.Span)), Json.Text(changed.Bytes));
        Assert.Equal("sha256:" + Sample.Hash(changed.Bytes.Span), changed.Digest.ToString());
        Assert.Equal(content.MediaType, changed.MediaType);
        Assert.Contains("1.50", Json.Text(changed.Bytes), StringComparison.Ordinal);
    }

    private static ManifestContent Annotate(ManifestContent content, string annotations)
    {
        Dictionary<string, string> map = annotations.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        JsonNode? before = JsonNode.Parse(content.Bytes.Span)!.AsObject().Where(field => field.Key == "annotations")
            .Select(field => field.Value)
            .FirstOrDefault();
        return ManifestEditor.Annotate(
            content, before?.AsObject().ToDictionary(field => field.Key, field => (string)field.Value!) ?? [], map, "The manifest");
    }
}
