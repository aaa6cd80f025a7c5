// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Many runspaces of one process that work with one real registry at once. Looks at what the process has open.</summary>
[Collection(Alone.Name)]
[Trait("Speed", "Slow")]
public sealed class ManyRunspacesTests : IDisposable
{
    private const int Runspaces = 32;
    private const int Layers = 4;
    private const int MaximumConnections = 100;

    private const string Script = """
        param($folder, $registry, $i)
        $ErrorActionPreference = 'Stop'
        $null = Copy-OciImage "oci:$folder/images:$i" "$registry/team/app${i}:1"
        $null = Copy-OciImage "$registry/team/app${i}:1" "$registry/copy/app${i}:1"
        $clean = Remove-OciImageFile "$registry/copy/app${i}:1" -Path '*.key' -Destination "$registry/copy/app${i}:clean"
        $null = Copy-OciImage "$registry/copy/app${i}:clean" "oci:$folder/out/${i}:1"
        "$($clean.Digest) $(@(Get-OciImageFile "$registry/copy/app${i}:clean").Count)"
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [PeerFact("docker-registry", "skopeo")]
    public async Task CopyAndRemove_ManyAtOnce_AreAllRightOverFewConnections()
    {
        using var registry = new RealRegistry();
        LayoutImages images = WriteImages();
        using RunspacePool pool = RunspaceFactory.CreateRunspacePool(
            Runspaces, Runspaces, Engine.CreateSessionState(withModule: true), _engine.Host);
        pool.Open();
        using var over = new CancellationTokenSource();
        Task<int> watching = WatchAsync(registry.Port, over.Token);

        Task<string>[] all = [.. Enumerable.Range(0, Runspaces).Select(i => RunAsync(pool, registry.Host, i))];
        var watch = Stopwatch.StartNew();
        string[] results = await Task.WhenAll(all).WaitAsync(s_limit);
        await over.CancelAsync();

        Console.WriteLine($"{Runspaces} runspaces: {watch.Elapsed.TotalSeconds:0.0} s, {await watching} connections at most");
        Assert.InRange(await watching, 2, MaximumConnections);
        for (int i = 0; i < Runspaces; i++)
        {
            byte[] raw = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/copy/app{i}:clean");
            Assert.Equal($"{TestLayer.GetDigest(raw)} {Layers}", results[i]);
            // Reads all layers, and checks every digest in doing so.
            Layout pulled = _engine.Layout($"out/{i}");
            Assert.Equal(Enumerable.Range(0, Layers).Select(layer => $"noise{i}-{layer}"), pulled.Names("1"));
            Assert.Equal(TestLayer.GetDigest(raw), pulled.GetDigest("1"));
            Assert.Equal(
                images.Blob(LayoutImages.GetTagDigest(images.Folder, $"{i}")),
                Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/copy/app{i}:1"));
        }
    }

    private static async Task<int> WatchAsync(int port, CancellationToken over)
    {
        int most = 0;
        while (!over.IsCancellationRequested)
        {
            most = Math.Max(most, Sockets.CountTo(port));
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        return most;
    }

    private async Task<string> RunAsync(RunspacePool pool, string registry, int i)
    {
        using var shell = PowerShell.Create();
        shell.RunspacePool = pool;
        shell.AddScript(Script).AddArgument(_engine.Folder).AddArgument(registry).AddArgument(i);
        PSDataCollection<PSObject> output = await shell.InvokeAsync();
        Assert.Empty(shell.Streams.Error);
        return Assert.Single(output).ToString();
    }

    private LayoutImages WriteImages()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        byte[] noise = new byte[150_000];
        for (int i = 0; i < Runspaces; i++)
        {
            var random = new Random(i);
            images.Tag($"{i}", images.Image("linux/amd64", [.. Enumerable.Range(0, Layers).Select(layer =>
            {
                random.NextBytes(noise);
                return images.Layer(($"etc/secret{layer}.key", "SECRET"), ($"noise{i}-{layer}", Convert.ToBase64String(noise)));
            })]));
        }

        return images;
    }
}
