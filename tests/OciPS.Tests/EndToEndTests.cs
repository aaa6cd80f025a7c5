// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>The main job from a tarball to a clean image, with each way to say what goes, in a layout and in a real registry.</summary>
public sealed class EndToEndTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private const string Literal =
        "Remove-OciImageFile $source -LiteralPath etc/ssl/private.key, /app/server.key -Destination $destination";
    private const string Wildcard = "Remove-OciImageFile $source -Path '*.key' -Destination $destination";
    private const string Filter =
        "Remove-OciImageFile $source -FilterScript { $_.ReadAllText() -like 'SECRET-*' } -Destination $destination";
    private const string Piped = "Get-OciImageFile $source -Path '*.key' | Remove-OciImageFile -Destination $destination";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    public static TheoryData<string, bool> Ways()
    {
        var ways = new TheoryData<string, bool>();
        foreach (string command in new[] { Literal, Wildcard, Filter, Piped })
        {
            ways.Add(command, true);
            ways.Add(command, false);
        }

        return ways;
    }

    [PeerTheory("skopeo", "umoci", "docker-registry")]
    [MemberData(nameof(Ways))]
    public void Remove_EachWayToSaySo_LeavesAnImageThatOtherToolsTake(string command, bool inRegistry)
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));
        string place = inRegistry ? $"{registry.Host}/team/{Guid.NewGuid():N}" : "oci:images";
        _engine.Set("source", place + ":1");
        _engine.Set("destination", place + ":clean");

        _engine.Run("$null = Publish-OciKanikoImage app.tar $source");
        dynamic image = _engine.Run(command).Single();

        string skopeo = inRegistry ? $"docker://{place}:clean" : $"oci:{_engine.GetPath("images")}:clean";
        string raw = Tool.RunText("skopeo", "inspect", "--tls-verify=false", "--raw", skopeo);
        Assert.Equal((string)image.Digest.ToString(), TestLayer.GetDigest(System.Text.Encoding.UTF8.GetBytes(raw)));
        Tool.Run("skopeo", "inspect", "--tls-verify=false", skopeo);
        Tool.Run("skopeo", "copy", "--src-tls-verify=false", skopeo, $"oci:{_engine.GetPath("pulled")}:1");
        Tool.Run("umoci", "unpack", "--image", _engine.GetPath("pulled") + ":1", _engine.GetPath("bundle"));
        string root = _engine.GetPath("bundle/rootfs");
        string[] files = Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path))
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.Equal(
            [
                ".dockerenv", "app/Upper.KEY", "app/copy", "app/readme.txt", "bin/alias", "bin/tool", "etc/passwd", "lib/libc.so",
                "usr/lib/libc.so"], files);
        Assert.Equal("upper", File.ReadAllText(Path.Combine(root, "app/copy")));
    }
}
