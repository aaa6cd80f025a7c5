// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class ConfigEditorTests
{
    private const string MadeUp =
        """{"created":"1970-01-01T00:00:00Z","created_by":"unknown: the image's history had no entry for this layer","comment":"added by """
            + """OciPS"}""";

    [Theory]
    [InlineData("""{"history":[{"created_by":"a"},{"created_by":"b"}]}""", 2)]
    [InlineData("""{"history":[{"created_by":"a"},{"created_by":"b"}]}""", 1)]
    [InlineData("""{"history":[{"created_by":"a"},{"empty_layer":true},{"empty_layer":false}]}""", 2)]
    [InlineData("""{"os":"linux"}""", 0)]
    [InlineData("""{"history":null}""", 0)]
    public void PadHistory_EnoughEntries_ReturnsTheSameBytes(string config, int layers)
    {
        byte[] bytes = Json.Bytes(config);

        Assert.True(ConfigEditor.PadHistory(bytes, layers, "The config").Equals(bytes));
    }

    // What is expected is the text before with one insertion, so that every other byte is known to have stayed.
    [Theory]
    [InlineData("""{"history":[{"created_by":"a"}^],"os":"linux"}""", 3, """,{"created_by":"a"},{"created_by":"a"}""")]
    [InlineData("""{"history":[{"empty_layer":true,"n":1},{"n":2},{"n":3}^]}""", 4, """,{"n":2},{"n":2}""")]
    [InlineData("""{"history":[{"empty_layer":true}^]}""", 1, "," + MadeUp)]
    [InlineData("""{"history":[^]}""", 1, MadeUp)]
    [InlineData("""{"history":[^]}""", 2, MadeUp + "," + MadeUp)]
    [InlineData("""{"os":"linux"^}""", 1, ",\"history\":[" + MadeUp + "]")]
    [InlineData("""{"os":"linux"^}""", 2, ",\"history\":[" + MadeUp + "," + MadeUp + "]")]
    [InlineData("{^}", 1, "\"history\":[" + MadeUp + "]")]
    [InlineData("{ \n\t^}", 1, "\"history\":[" + MadeUp + "]")]
    [InlineData("{\"a\":{}\n^}\n ", 1, ",\"history\":[" + MadeUp + "]")]
    [InlineData("""{"a":"}"^}""", 1, ",\"history\":[" + MadeUp + "]")]
    [InlineData("""{"a":{"history":[{"no":1}]},"b":[[{"history":[]}]]^}""", 1, ",\"history\":[" + MadeUp + "]")]
    [InlineData(
        "{ \"history\" : [ { \"a\" : 1.50 , \"\\u00e9\" : \"\\ud83d\\ude00 é\" } \n ^] , \"b\" : 1e3 }\n",
        2,
        """,{ "a" : 1.50 , "\u00e9" : "\ud83d\ude00 é" }""")]
    [InlineData("""{"history":[{"a":"]"},{"b":"\"]"}^]}""", 3, """,{"a":"]"}""")]
    [InlineData("""{"history":[{"a":1}],"x":"y","history":[{"b":2}^]}""", 2, """,{"b":2}""")]
    [InlineData("""{"\u0068istory":[{"a":1}^]}""", 2, """,{"a":1}""")]
    [InlineData("""{"history":[{"a":1},null,7^]}""", 2, """,{"a":1}""")]
    public void PadHistory_TooFew_OnlyInserts(string config, int layers, string insertion)
    {
        string before = config.Replace("^", string.Empty, StringComparison.Ordinal);

        string padded = Json.Text(ConfigEditor.PadHistory(Json.Bytes(before), layers, "The config"));

        Assert.Equal(config.Replace("^", insertion, StringComparison.Ordinal), padded);
        Assert.Equal(layers, ImageConfig.Parse(Json.Bytes(padded), "The config").NonEmptyHistoryCount);
    }

    [Theory]
    [InlineData("""{"history":null,"os":"linux"}""")]
    [InlineData("""{"os":"linux","history": null }""")]
    public void PadHistory_NullHistory_ReplacesTheNull(string config)
    {
        string padded = Json.Text(ConfigEditor.PadHistory(Json.Bytes(config), 1, "The config"));

        Assert.Equal(config.Replace("null", $"[{MadeUp}]", StringComparison.Ordinal), padded);
    }

    [Fact]
    public void PadHistory_BytesThatAreNotInHistory_AreNotTouched()
    {
        // Odd spacing, escapes, big numbers, double keys: re-serialising would change each of these.
        const string Head =
            "{\r\n\t\"a\" :1.0e+2,\"a\": 123456789012345678901234567890, \"s\":\"\\/\\u003c<>&'+\u00e9\\u00e9\",\"history\": [";
        const string Tail = " ] ,\"z\":[ ],\"o\":{ }  }\r\n\r\n";

        string padded = Json.Text(ConfigEditor.PadHistory(Json.Bytes(Head + "{\"n\":1}" + Tail), 2, "The config"));

        Assert.Equal(Head + "{\"n\":1} ,{\"n\":1}" + Tail[1..], padded);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("{\"history\":[}", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    public void PadHistory_NoConfig_Throws(string config, string mentions) =>
        Json.ExpectInvalid("InvalidConfig", mentions, () => ConfigEditor.PadHistory(Json.Bytes(config), 1, "The config"));

    [Theory]
    [InlineData("""{"history":{}}""")]
    [InlineData("""{"history":"x"}""")]
    public void PadHistory_HistoryIsNoArray_Throws(string config)
    {
        var error = Assert.Throws<InvalidContentException>(() => ConfigEditor.PadHistory(Json.Bytes(config), 1, "The config"));

        Assert.Contains("'history'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetDiffIds_AConfig_ChangesThemAndNothingElse()
    {
        const string Config =
            """{"unknown":{"é":[1.50,null]},"rootfs":{"type":"layers","x":true,"diff_ids":["old"]},"config":{"Cmd":["a<b&c"]}}""";

        ReadOnlyMemory<byte> changed = ConfigEditor.SetDiffIds(
            Json.Bytes(Config), [Digest.Parse(Json.DigestA), Digest.Parse(Json.DigestB)], "The config");

        string expected = Config.Replace("\"old\"", $"\"{Json.DigestA}\",\"{Json.DigestB}\"", StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(changed.Span)));
        Assert.Equal([Json.DigestA, Json.DigestB], ImageConfig.Parse(changed, "The config").DiffIds!);
    }

    [Theory]
    [InlineData("{}", "rootfs")]
    [InlineData("""{"rootfs":[]}""", "rootfs")]
    [InlineData("[]", "JSON object")]
    [InlineData("{", "JSON")]
    [InlineData("""{"rootfs":{},"rootfs":{}}""", "ambiguous")]
    [InlineData("""{"rootfs":{"type":"layers","diff_ids":[],"diff_ids":[]}}""", "ambiguous")]
    public void SetDiffIds_NoRootFs_Throws(string config, string mentions) =>
        Json.ExpectInvalid("InvalidConfig", mentions, () => ConfigEditor.SetDiffIds(Json.Bytes(config), [], "The config"));
}
