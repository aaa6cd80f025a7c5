// SPDX-License-Identifier: MIT

using System.Diagnostics;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Processes that write to one place at once.</summary>
public sealed class TwoWritersTests : IDisposable
{
    private const int Tags = 40;
    private const int Rewrites = 12;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Write_DifferentTagsAtOnce_LosesNone()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        string[] digests = Enumerable.Range(0, 2)
            .Select(i => images.Tag($"{i}", images.Image("linux/amd64", [images.Layer(("a", $"{i}"))])))
            .ToArray();

        Process[] writers = Enumerable.Range(0, 2).Select(Start).ToArray();
        Array.ForEach(writers, writer => Assert.True(writer.WaitForExit(TimeSpan.FromMinutes(2))));

        Assert.All(writers, writer => Assert.Equal(0, writer.ExitCode));
        Assert.Equal(2 * Tags, _engine.Layout("out").Tags.Length);
        for (int writer = 0; writer < 2; writer++)
        {
            Assert.All(
                Enumerable.Range(0, Tags), tag => Assert.Equal(digests[writer], _engine.Layout("out").GetDigest($"w{writer}-{tag}")));
        }

        Array.ForEach(writers, writer => writer.Dispose());
    }

    [PeerFact("skopeo", "tar")]
    public void Write_DifferentTagsOfAnArchive_LosesNone()
    {
        string[] digests = Run(
            $"foreach ($tag in 0..{Rewrites - 1}) {{ $null = Copy-OciImage SOURCE "
                + $"\"oci-archive:{_engine.GetPath("out.tar")}:wWRITER-$tag\" }}");

        Directory.CreateDirectory(_engine.GetPath("out"));
        Tool.Run("tar", "--extract", "--file", _engine.GetPath("out.tar"), "--directory", _engine.GetPath("out"));
        Assert.Equal(2 * Rewrites, _engine.Layout("out").Tags.Length);
        for (int writer = 0; writer < 2; writer++)
        {
            Assert.All(
                Enumerable.Range(0, Rewrites), tag => Assert.Equal(digests[writer], _engine.Layout("out").GetDigest($"w{writer}-{tag}")));
            Tool.Run(
                "skopeo",
                "copy",
                $"oci-archive:{_engine.GetPath("out.tar")}:w{writer}-{Rewrites - 1}",
                $"dir:{_engine.GetPath($"copy{writer}")}");
        }

        Assert.Empty(Directory.GetFiles(_engine.Folder, ".ocips*"));
    }

    [PeerTheory("skopeo")]
    [InlineData("dir:")]
    [InlineData("docker-archive:")]
    public void Write_DifferentImagesToAPlaceForOne_LeavesOneThatIsWhole(string transport)
    {
        string place = transport + _engine.GetPath("out");

        Run($"foreach ($i in 0..{Rewrites - 1}) {{ $null = Copy-OciImage SOURCE '{place}' }}");

        Tool.Run("skopeo", "copy", place, $"oci:{_engine.GetPath("copy")}:1");
        Assert.Contains(_engine.Layout("copy").Entries("1").Single().Content, new[] { "0", "1" });
        Assert.Empty(Directory.GetFiles(_engine.Folder, ".ocips*", SearchOption.AllDirectories));
    }

    /// <summary>Runs a script in two processes, each with an image of its own; gives the images' digests.</summary>
    private string[] Run(string script)
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        string[] digests = Enumerable.Range(0, 2)
            .Select(i => images.Tag($"{i}", images.Image("linux/amd64", [images.Layer(("a", $"{i}"))])))
            .ToArray();
        Process[] writers = Enumerable.Range(0, 2).Select(writer => Start(writer, script
            .Replace("SOURCE", $"'oci:{_engine.GetPath("images")}:{writer}'", StringComparison.Ordinal)
            .Replace("WRITER", $"{writer}", StringComparison.Ordinal))).ToArray();
        Array.ForEach(writers, writer => Assert.True(writer.WaitForExit(TimeSpan.FromMinutes(4))));
        Assert.All(writers, writer => Assert.Equal(0, writer.ExitCode));
        Array.ForEach(writers, writer => writer.Dispose());
        return digests;
    }

    private Process Start(int writer) => Start(
        writer,
        $"foreach ($tag in 0..{Tags - 1}) {{ $null = Copy-OciImage 'oci:{_engine.GetPath("images")}:{writer}' "
            + $"\"oci:{_engine.GetPath("out")}:w{writer}-$tag\" }}");

    private Process Start(int writer, string work)
    {
        string script = _engine.GetPath($"writer{writer}.ps1");
        File.WriteAllText(script, $"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{Engine.ModulePath}'
            {work}
            """);
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "OciPS.Tests.dll"), script },
        };
        return Process.Start(start)!;
    }
}
