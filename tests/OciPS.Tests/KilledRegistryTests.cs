// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>A real registry that is killed in the middle of a push.</summary>
[Trait("Speed", "Slow")]
public sealed class KilledRegistryTests : IDisposable
{
    private const string Copy = "Copy-OciImage oci:images:big ${app}:1";
    private const string Remove = "Remove-OciImageFile oci:images:big -Path etc/secret.key -Destination ${app}:1";
    private const string Secret = "the same after each start";
    private const int LayerSize = 60_000_000;

    private readonly Engine _engine = new();

    public KilledRegistryTests()
    {
        byte[] noise = new byte[LayerSize];
        new Random(1).NextBytes(noise);
        Layout images = _engine.Layout("images");
        images.Add("before", new TestImage(TestLayer.Gzip(new TarBuilder().File("a", "b"))));
        images.Add("big", new TestImage(
            TestLayer.Plain(new TarBuilder().File("etc/secret.key", "SECRET").File("noise", noise)),
            TestLayer.Gzip(new TarBuilder().File("c", "d"))));
    }

    public void Dispose() => _engine.Dispose();

    // With a secret of its own at each start, the registry knows its uploads no more afterwards.
    [PeerTheory("docker-registry", "skopeo")]
    [InlineData(Copy, Secret)]
    [InlineData(Copy, null)]
    [InlineData(Remove, Secret)]
    [InlineData(Remove, null)]
    public void Push_RegistryKilledAndStartedAgain_IsWhole(string command, string? secret)
    {
        using var registry = new RealRegistry(secret: secret);
        Prepare(registry);
        using PowerShell shell = _engine.CreateShell(command);
        IAsyncResult running = shell.BeginInvoke();

        KillDuringTheUpload(registry, running);
        registry.Start();
        dynamic image = shell.EndInvoke(running).Single();

        Assert.Empty(shell.Streams.Error);
        byte[] raw = Raw(registry);
        Assert.Equal((string)image.Digest.ToString(), TestLayer.GetDigest(raw));
        // Skopeo checks every digest on the way.
        Tool.Run(
            "skopeo",
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{registry.Host}/team/app:1",
            $"oci:{_engine.GetPath("pulled")}:1");
        Assert.Equal(command == Copy ? ["etc/secret.key", "noise", "c"] : ["noise", "c"], _engine.Layout("pulled").Names("1"));
    }

    [PeerTheory("docker-registry", "skopeo")]
    [InlineData(Copy)]
    [InlineData(Remove)]
    public void Push_RegistryKilledForGood_NamesItAndLeavesTheTag(string command)
    {
        using var registry = new RealRegistry();
        byte[] before = Prepare(registry);
        using PowerShell shell = _engine.CreateShell(command);
        IAsyncResult running = shell.BeginInvoke();

        KillDuringTheUpload(registry, running);
        Collect(shell, running);
        registry.Start();

        Assert.Single(shell.Streams.Error).ShouldBe("RegistryUnreachable");
        Assert.Equal(before, Raw(registry));
    }

    private static void Collect(PowerShell shell, IAsyncResult running)
    {
        Assert.True(running.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(60)));
        Assert.Empty(shell.EndInvoke(running));
    }

    private static byte[] Raw(RealRegistry registry) =>
        Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/team/app:1");

    private static void KillDuringTheUpload(RealRegistry registry, IAsyncResult running)
    {
        Assert.True(SpinWait.SpinUntil(() => running.IsCompleted || registry.UploadedBytes("team/app") > 0, TimeSpan.FromSeconds(30)));
        registry.Kill();
        Assert.False(running.IsCompleted, "It was done before the registry was killed.");
    }

    private byte[] Prepare(RealRegistry registry)
    {
        _engine.Set("app", $"{registry.Host}/team/app");
        _engine.Run("$null = Copy-OciImage oci:images:before ${app}:1");
        return Raw(registry);
    }
}
