// SPDX-License-Identifier: MIT

using System.Text.Json;
using CsCheck;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Properties;

/// <summary>Removes files from random images; what comes out is compared with what .NET's reader finds there.</summary>
[Trait("Speed", "Slow")]
public sealed class FilterPropertyTests
{
    [Fact]
    public Task Remove_AnyFilesOfAnyLayers_TakesTheseAndNothingElse() => Gen.Select(LayerModel.Layers, LayerModel.Removed).SampleAsync(
        async (layers, removed) =>
        {
            using var folder = new TemporaryFolder();
            Write(folder["in"], layers);
            SortedDictionary<string, string> expected = LayerModel.Flatten(layers);
            Array.ForEach(removed, name => expected.Remove(name));

            await TestImages.RemoveAsync($"oci:{folder["in"]}:1", $"oci:{folder["out"]}:1", removed);

            byte[][] after = Read(folder["out"]);
            Assert.Equal(expected, LayerModel.Flatten(after));
            Assert.All(after.SelectMany(LayerModel.Names), name => Assert.DoesNotContain(name, removed));
        },
        iter: 400);

    private static void Write(string folder, byte[][] layers)
    {
        Directory.CreateDirectory(folder);
        var layout = new LayoutBuilder(folder);
        foreach (byte[] layer in layers)
        {
            layout.Add(layer, layer, LayoutBuilder.PlainLayer);
        }

        layout.Write("1");
    }

    private static byte[][] Read(string folder)
    {
        using JsonDocument index = Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        using JsonDocument manifest = Parse(Blob(folder, index.RootElement.GetProperty("manifests")[0]));
        return manifest.RootElement.GetProperty("layers").EnumerateArray().Select(layer => Blob(folder, layer)).ToArray();
    }

    private static JsonDocument Parse(byte[] bytes) => JsonDocument.Parse(bytes);

    private static byte[] Blob(string folder, JsonElement descriptor) =>
        File.ReadAllBytes(Path.Combine(folder, "blobs", "sha256", descriptor.GetProperty("digest").GetString()!["sha256:".Length..]));
}
