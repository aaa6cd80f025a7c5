// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.Core.Tests.House;

/// <summary>What a layer is called in texts is written where a layer is defined.</summary>
public sealed class LayerNameTests
{
    /// <summary>Parsers speak of layers before there are any, and an archive is written below where layers are known.</summary>
    private static readonly string[] s_others =
        ["Manifests/ImageManifest.cs", "Manifests/Schema1Manifest.cs", "Storage/DockerArchives/DockerArchiveWriter.cs"];

    private static readonly string s_root = Path.GetFullPath(Path.Combine(Here(), "../../../src/OciPS.Core"));

    [Fact]
    public void Names_OfLayers_AreWrittenInOneFile()
    {
        string[] files = [.. Directory.GetFiles(s_root, "*.cs", SearchOption.AllDirectories)
            .Where(path => File.ReadAllText(path).Contains("\"Layer {", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(s_root, path).Replace('\\', '/'))
            .Where(name => !name.StartsWith("obj/", StringComparison.Ordinal) && !name.StartsWith("bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

        Assert.Equal(["Layers/Layer.cs", .. s_others], files);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
