// SPDX-License-Identifier: MIT

using System.Diagnostics;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Two processes that write different tags to one layout at once.</summary>
public sealed class TwoWritersTests : IDisposable
{
    private const int Tags = 40;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Write_DifferentTagsAtOnce_LosesNone()
    {
        var images = new LayoutImages(_engine.PathOf("images"));
        string[] digests = Enumerable.Range(0, 2).Select(i => images.Tag($"{i}", images.Image("linux/amd64", [images.Layer(("a", $"{i}"))]))).ToArray();

        Process[] writers = Enumerable.Range(0, 2).Select(Start).ToArray();
        Array.ForEach(writers, writer => Assert.True(writer.WaitForExit(TimeSpan.FromMinutes(2))));

        Assert.All(writers, writer => Assert.Equal(0, writer.ExitCode));
        Assert.Equal(2 * Tags, _engine.Layout("out").Tags.Length);
        for (int writer = 0; writer < 2; writer++)
        {
            Assert.All(Enumerable.Range(0, Tags), tag => Assert.Equal(digests[writer], _engine.Layout("out").DigestOf($"w{writer}-{tag}")));
        }

        Array.ForEach(writers, writer => writer.Dispose());
    }

    private Process Start(int writer)
    {
        string script = _engine.PathOf($"writer{writer}.ps1");
        File.WriteAllText(script, $$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{Engine.ModulePath}}'
            foreach ($tag in 0..{{Tags - 1}}) { $null = Copy-OciImage 'oci:{{_engine.PathOf("images")}}:{{writer}}' "oci:{{_engine.PathOf("out")}}:w{{writer}}-$tag" }
            """);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "OciPS.Tests.dll"), script },
        };
        return Process.Start(start)!;
    }
}
