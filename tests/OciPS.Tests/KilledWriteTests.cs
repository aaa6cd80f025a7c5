// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>A process that is killed while it writes: its readers find the image that was there or the new one, whole.</summary>
[Trait("Speed", "Slow")]
public sealed class KilledWriteTests : IDisposable
{
    private const int Kills = 10;

    private static readonly string s_writer = typeof(KilledWriteTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(item => item.Key == "Writer").Value!;

    private readonly Engine _engine = new();

    private string Started => _engine.GetPath("started");

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("oci-archive:{0}:app")]
    [InlineData("docker-archive:{0}")]
    [InlineData("dir:{0}")]
    public void Write_KilledAtAnyPoint_LeavesAWholeImage(string transport)
    {
        string reference = transport.Replace("{0}", _engine.GetPath("out"), StringComparison.Ordinal);
        foreach (int size in new[] { 3_000_000, 4_000_000 })
        {
            Tarball.Kaniko(new TestImage(TestLayer.Plain(new TarBuilder().File("data", new string('x', size)))))
                .Save(_engine.GetPath($"{size}.tar"));
        }

        for (int kill = 0; kill < Kills; kill++)
        {
            RunAndKill(
                TimeSpan.FromMilliseconds(kill * 7),
                "publish",
                Started,
                reference,
                _engine.GetPath("3000000.tar"),
                _engine.GetPath("4000000.tar"));

            Assert.Matches("^[34]000000$", Assert.Single(
                _engine.Run($"Get-OciImageFile {reference} | ForEach-Object {{ \"$($_.ReadAllText().Length)\" }}")).ToString()!);
        }

        _engine.Run($"Publish-OciKanikoImage ./3000000.tar {reference}");
        Assert.Empty(Directory.GetFiles(_engine.Folder, ".ocips*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Merge_KilledAtAnyPoint_LeavesTheImageOrTheListWithIt()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        JsonObject one = images.Image("linux/amd64", [images.Layer(("a", "1"))]);
        images.Tag("one", one);
        byte[] image = images.Blob(LayoutImages.Digest(one));
        byte[] list = images.Blob(LayoutImages.Digest(images.Index(one)));
        File.WriteAllBytes(_engine.GetPath("list.json"), list);
        var seen = new HashSet<string>();

        for (int kill = 0; kill < 3 * Kills; kill++)
        {
            RunAndKill(
                TimeSpan.FromMilliseconds(kill % 10),
                "merge",
                Started,
                $"oci:{images.Folder}:one",
                _engine.GetPath("image"),
                _engine.GetPath("list.json"));

            byte[] manifest = File.ReadAllBytes(_engine.GetPath("image/manifest.json"));
            seen.Add(LayoutImages.GetDigest(manifest));
            Assert.Contains(manifest, new[] { image, list });
            Assert.Equal(
                LayoutImages.Digest(one), Assert.Single(_engine.Run("Get-OciManifest dir:image -Platform linux/amd64")).Text("Digest"));
            Assert.Equal("1", Assert.Single(
                _engine.Run("Get-OciImageFile dir:image -Platform linux/amd64 | ForEach-Object { $_.ReadAllText() }")).ToString());
        }

        Assert.Contains(LayoutImages.GetDigest(list), seen);
    }

    private void RunAndKill(TimeSpan after, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { s_writer },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Array.ForEach(arguments, start.ArgumentList.Add);
        // What it cannot tidy up goes with this test's own folder.
        start.Environment[OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR"] = Directory.CreateDirectory(_engine.GetPath("tmp")).FullName;
        File.Delete(Started);
        using Process process = Process.Start(start)!;
        for (int wait = 0; !File.Exists(Started); wait++)
        {
            Assert.InRange(wait, 0, 30_000);
            Thread.Sleep(1);
        }

        Thread.Sleep(after);
        process.Kill();
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
    }
}
