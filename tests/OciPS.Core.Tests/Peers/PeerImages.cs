// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Peers;

/// <summary>Images to copy, and what skopeo says of what became of them.</summary>
internal static class PeerImages
{
    /// <summary>An image of two layers, one gzip and one plain, in an OCI layout.</summary>
    public static string Single(TemporaryFolder folder, string name = "single")
    {
        Build(folder, name, 1).Write("1");
        return $"oci:{folder[name]}:1";
    }

    /// <summary>Images for two architectures under one index, in an OCI layout.</summary>
    public static string Multi(TemporaryFolder folder, string name = "multi")
    {
        LayoutBuilder.Write(folder[name], "1", ("amd64", Build(folder, name, 1)), ("arm64", Build(folder, name, 2)));
        return $"oci:{folder[name]}:1";
    }

    public static void Skopeo(params string[] arguments) => Tool.Run("skopeo", ["copy", "--quiet", "--insecure-policy", .. arguments]);

    /// <summary>The digest of the manifest that skopeo reads.</summary>
    public static string Digest(string reference) => "sha256:" + Sample.Hash(Tool.Run("skopeo", "inspect", "--raw", reference));

    /// <summary>The image ID and the diffIDs that skopeo reads.</summary>
    public static string Identity(string reference)
    {
        byte[] config = Tool.Run("skopeo", "inspect", "--raw", "--config", reference);
        using var json = JsonDocument.Parse(config);
        return $"{Sample.Hash(config)} {json.RootElement.GetProperty("rootfs").GetProperty("diff_ids").GetRawText()}";
    }

    /// <summary>The files of a folder in <c>dir:</c> format, each with its hash.</summary>
    public static string[] Files(string folder) =>
        Directory.GetFiles(folder).Select(path => $"{Path.GetFileName(path)} {Sample.Hash(File.ReadAllBytes(path))}")
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static LayoutBuilder Build(TemporaryFolder folder, string name, int seed)
    {
        var layout = new LayoutBuilder(Directory.CreateDirectory(folder[name]).FullName);
        byte[] shared = new TarBuilder().Add("etc/base", Sample.Text(40_000)).ToBytes();
        byte[] own = new TarBuilder().Add($"app/{seed}", Sample.Noise(20_000, seed)).ToBytes();
        return layout
            .Add(shared, Tool.Filter(shared, "gzip", "-nc"), LayoutBuilder.GzipLayer)
            .Add(own, own, LayoutBuilder.PlainLayer);
    }
}
