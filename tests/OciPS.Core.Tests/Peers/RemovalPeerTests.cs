// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Removal;

namespace OciPS.Core.Tests.Peers;

/// <summary>Removes files from images that other tools made, and has other tools judge the result.</summary>
[Trait("Speed", "Slow")]
public sealed class RemovalPeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>
{
    private static readonly string[] s_removed =
        ["app/secret.key", "etc/ssl/server.key", "usr/bin/tool", "usr/bin/cap", new string('n', 120) + "/" + new string('m', 130) + ".key"];

    [PeerTheory("tar", "python3", "gzip", "zstd", "setcap", "setfattr", "skopeo", "docker-registry", Tool.Root)]
    [InlineData("gzip", "gnu")]
    [InlineData("gzip", "posix")]
    [InlineData("members", "posix")]
    [InlineData("zstd", "gnu")]
    [InlineData("none", "posix")]
    public async Task Remove_FromLayoutAndRegistry_LeavesEveryOtherEntryAsItWas(string compression, string format)
    {
        using var folder = new TemporaryFolder();
        SampleImage.Write(folder, "in", compression, format);
        string[] before = Entries(folder, folder["in"], compression);
        string tag = $"{compression}-{format}";
        Tool.Run(
            "skopeo",
            "copy",
            "--dest-tls-verify=false",
            "--preserve-digests",
            $"oci:{folder["in"]}:1",
            $"docker://{registry.Host}/team/in:{tag}");

        RewrittenImage local = await RemoveAsync($"oci:{folder["in"]}:1", $"oci:{folder["local"]}:1");
        RewrittenImage remote = await RemoveAsync($"{registry.Host}/team/in:{tag}", $"{registry.Host}/team/out:{tag}");

        Assert.Equal(local.Published.Manifest.Digest, remote.Published.Manifest.Digest);
        Tool.Run("skopeo", "inspect", "--tls-verify=false", $"docker://{registry.Host}/team/out:{tag}");
        Tool.Run(
            "skopeo",
            "copy",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{registry.Host}/team/out:{tag}",
            $"oci:{folder["pulled"]}:1");
        Assert.Equal(Expected(before), Entries(folder, folder["local"], compression));
        Assert.Equal(Expected(before), Entries(folder, folder["pulled"], compression));
    }

    [PeerTheory("tar", "gzip", "umoci", "skopeo", "setcap", "setfattr", "getfattr", Tool.Root)]
    [InlineData("gzip")]
    [InlineData("members")]
    public async Task Remove_UnpackedByUmoci_IsTheOriginalsTreeLessThePaths(string compression)
    {
        using var folder = new TemporaryFolder();
        SampleImage.Write(folder, "in", compression, "posix");
        await RemoveAsync($"oci:{folder["in"]}:1", $"oci:{folder["out"]}:1");

        Tool.Run("umoci", "unpack", "--image", folder["in"] + ":1", folder["before"]);
        Tool.Run("umoci", "unpack", "--image", folder["out"] + ":1", folder["after"]);
        foreach (string path in s_removed)
        {
            File.Delete(Path.Combine(folder["before"], "rootfs", path));
        }

        Assert.Equal(Tree(folder["before"]), Tree(folder["after"]));
    }

    [PeerFact("tar", "gzip", "skopeo", "docker-registry", "setcap", "setfattr", Tool.Root)]
    public async Task Remove_Nothing_GivesTheSourcesManifestToTheByte()
    {
        using var folder = new TemporaryFolder();
        string digest = SampleImage.Write(folder, "in", "gzip");

        foreach (string destination in new[] { $"oci:{folder["out"]}:same", $"{registry.Host}/team/same:1" })
        {
            RewrittenImage image = await RemoveAsync($"oci:{folder["in"]}:1", destination, "*.nothing");

            Assert.False(image.Published.Changed);
            Assert.Equal(digest, image.Published.Manifest.Digest.ToString());
        }

        byte[] raw = Tool.Run("skopeo", "inspect", "--tls-verify=false", "--raw", $"docker://{registry.Host}/team/same:1");
        Assert.Equal(digest, "sha256:" + Sample.Hash(raw));
    }

    [PeerFact("tar", "gzip", "skopeo", "docker-registry", "setcap", "setfattr", Tool.Root)]
    public async Task Remove_RemovedBytes_AreInNoBlobOfTheNewImage()
    {
        using var folder = new TemporaryFolder();
        SampleImage.Write(folder, "in", "gzip");

        await RemoveAsync($"oci:{folder["in"]}:1", $"{registry.Host}/team/gone:1", "etc/ssl/*", "app/*");

        Tool.Run("skopeo", "copy", "--src-tls-verify=false", $"docker://{registry.Host}/team/gone:1", $"dir:{folder["pulled"]}");
        foreach (string blob in Directory.GetFiles(folder["pulled"]).Where(path => Path.GetFileName(path).Length == 64))
        {
            byte[] bytes = File.ReadAllBytes(blob);
            string content = Encoding.Latin1.GetString(bytes[0] == 0x1F ? Tool.Filter(bytes, "gzip", "-dc") : bytes);
            Assert.DoesNotContain("secret", content, StringComparison.Ordinal);
        }
    }

    [PeerFact("tar", "gzip", "setcap", "setfattr", Tool.Root)]
    public async Task Remove_Config_HasTheDiffIdsOfTheDecompressedLayers()
    {
        using var folder = new TemporaryFolder();
        SampleImage.Write(folder, "in", "gzip");

        await RemoveAsync($"oci:{folder["in"]}:1", $"oci:{folder["out"]}:1");

        (JsonElement manifest, JsonElement config) = ReadImage(folder["out"]);
        string[] expected = manifest.GetProperty("layers").EnumerateArray()
            .Select(layer => "sha256:" + Sample.Hash(
                Tool.Filter(ReadBlob(folder["out"], layer.GetProperty("digest").GetString()!), "gzip", "-dc"))).ToArray();
        Assert.Equal(expected, config.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(diffId => diffId.GetString()));
        Assert.Equal("yes", manifest.GetProperty("annotations").GetProperty("org.example.kept").GetString());
    }

    /// <summary>What Python should see: no removed entry; the first hard link to one in its place, and later links to that.</summary>
    private static string[] Expected(string[] before)
    {
        var removed = s_removed.ToHashSet(StringComparer.Ordinal);
        var contents = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var holders = new Dictionary<string, string>(StringComparer.Ordinal);
        var expected = new List<string>();
        foreach (string line in before)
        {
            string[] fields = line.Split('\t');
            string target = fields[7].StartsWith("./", StringComparison.Ordinal) ? fields[7][2..] : fields[7];
            if (removed.Contains(fields[0]))
            {
                contents[fields[0]] = fields;
            }
            else if (fields[1] == "1" && holders.TryGetValue(target, out string? holder))
            {
                fields[7] = "./" + holder;
                expected.Add(string.Join('\t', fields));
            }
            else if (fields[1] == "1" && contents.TryGetValue(target, out string[]? content))
            {
                holders[target] = fields[0];
                expected.Add(string.Join('\t', (string[])[fields[0], .. content[1..]]));
            }
            else
            {
                expected.Add(line);
            }
        }

        return [.. expected];
    }

    private static async Task<RewrittenImage> RemoveAsync(string source, string destination, params string[] prefixes)
    {
        FileSelection selection = prefixes.Length == 0
            ? FileSelection.ByPath(s_removed, [], recurse: false)
            : FileSelection.ByPath(
                [],
                prefixes.Select(prefix => (Func<string, bool>)(path => path.StartsWith(prefix.TrimEnd('*'), StringComparison.Ordinal))),
                recurse: false);
        return await TestImages.RemoveAsync(source, destination, selection);
    }

    private static string[] Entries(TemporaryFolder folder, string layout, string compression)
    {
        (JsonElement manifest, _) = ReadImage(layout);
        return manifest.GetProperty("layers").EnumerateArray()
            .SelectMany(layer => SampleImage.Describe(
                SampleImage.Decompress(ReadBlob(layout, layer.GetProperty("digest").GetString()!), compression), folder))
            .ToArray();
    }

    private static (JsonElement Manifest, JsonElement Config) ReadImage(string layout)
    {
        JsonElement index = Parse(File.ReadAllBytes(Path.Combine(layout, "index.json")));
        JsonElement manifest = Parse(ReadBlob(layout, index.GetProperty("manifests")[0].GetProperty("digest").GetString()!));
        return (manifest, Parse(ReadBlob(layout, manifest.GetProperty("config").GetProperty("digest").GetString()!)));
    }

    private static JsonElement Parse(byte[] json) => JsonDocument.Parse(json).RootElement;

    private static byte[] ReadBlob(string layout, string digest) =>
        File.ReadAllBytes(Path.Combine(layout, "blobs", "sha256", digest["sha256:".Length..]));

    // Owners, modes, times, sizes and link counts by find; content by sha256sum; attributes by getfattr.
    private static string Tree(string bundle) => Encoding.UTF8.GetString(Tool.Shell(
        Path.Combine(bundle, "rootfs"),
        """
        find . ! -type d -printf '%p %y %m %U:%G %s %n %T@ %l\n' | sort
        find . -type d -printf '%p %y %m %U:%G\n' | sort
        find . -type f -exec sha256sum {} + | sort
        getfattr -R -h -d -m - . 2>/dev/null || true
        """));
}
