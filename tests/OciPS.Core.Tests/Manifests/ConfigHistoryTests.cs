// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Manifests;

public sealed class ConfigHistoryTests
{
    // The carets are where something is inserted; all else has to stay to the byte.
    [Theory]
    [InlineData("""{"history":[{"created_by":"a"},{"created_by":"b"^}],"os":"linux"}""", 1)]
    [InlineData("""{"history":[{"created_by":"a"^},{"created_by":"b"^}]}""", 0)]
    [InlineData("""{"history":[{"created_by":"RUN a"},{"created_by":"ENV A=1"^},{"created_by":"COPY . ."}]}""", 2)]
    [InlineData(
        """{"history":[{"created_by":"/bin/sh -c #(nop)  CMD [\"sh\"]"^},{"created_by":"/bin/sh -c #(nop) ADD file:1 in / "}"""
            + """,{"created_by":"ENVIRON"^}]}""", 1)]
    [InlineData("{ \"history\" : [ { \"created_by\" : \"a\" } , {\"empty_layer\":true}, { \"n\" : 1.50^ } ] }\n", 1)]
    public void Fit_TooMany_MarksEntriesAsEmpty(string config, int layers)
    {
        string fitted = Encoding.UTF8.GetString(
            ConfigHistory.Fit(Json.Bytes(config.Replace("^", "", StringComparison.Ordinal)), layers, "The config").Span);

        Assert.Equal(config.Replace("^", ",\"empty_layer\":true", StringComparison.Ordinal), fitted);
    }

    [Theory]
    [InlineData("""{"history":[{}]}""", """{"history":[{"empty_layer":true}]}""")]
    [InlineData("""{"history":[{ }]}""", """{"history":[{"empty_layer":true }]}""")]
    [InlineData(
        """{"history":[{"empty_layer":false,"a":{"empty_layer":false}}]}""",
        """{"history":[{"empty_layer":true,"a":{"empty_layer":false}}]}""")]
    [InlineData("""{"history":[{"empty_layer":null}]}""", """{"history":[{"empty_layer":true}]}""")]
    public void Fit_OddEntries_AreEmptyAfterwards(string config, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(ConfigHistory.Fit(Json.Bytes(config), 0, "The config").Span));

    [Theory]
    [InlineData("""{"history":[{"created_by":"a"},{"empty_layer":true}]}""", 1)]
    [InlineData("""{"os":"linux"}""", 0)]
    public void Fit_AsMany_ReturnsTheSameBytes(string config, int layers)
    {
        byte[] bytes = Json.Bytes(config);

        Assert.True(ConfigHistory.Fit(bytes, layers, "The config").Equals(bytes));
    }

    /// <summary>Where history and layers go together, containers/image makes schema 1 of an image, and only there.</summary>
    [PeerFact("skopeo")]
    public async Task Repair_TooManyEntries_IsWhatSkopeoConverts()
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        JsonObject image = images.Image("linux/amd64", [images.Layer(("a", "A"))]);
        JsonObject manifest = images.Json(LayoutImages.Digest(image));
        JsonObject config = images.Json((string)manifest["config"]!["digest"]!);
        config["history"]!.AsArray().Add(new JsonObject { ["created"] = "2024-01-02T03:04:05Z", ["created_by"] = "ENV A=1" });
        manifest["config"] = images.Put(config, LayoutImages.ConfigType);
        images.Tag("1", images.Put(manifest, LayoutImages.ManifestType));
        void ToSchema1(string tag) =>
            Tool.Run("skopeo", "copy", "--format", "v2s1", $"oci:{folder["in"]}:{tag}", $"dir:{folder["out" + tag]}");
        Assert.Contains(
            "needs more than the 1 distributed layers", Record.Exception(() => ToSchema1("1"))?.Message, StringComparison.Ordinal);

        await Repairs.RunAsync($"oci:{folder["in"]}:1", $"oci:{folder["in"]}:2");

        ToSchema1("2");
    }
}
