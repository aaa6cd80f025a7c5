// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>A real registry behind an nginx that lets few requests through.</summary>
[Trait("Speed", "Slow")]
public sealed class ThrottledRegistryTests : IDisposable
{
    private const int Layers = 10;

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [PeerTheory("docker-registry", "nginx", "skopeo")]
    [InlineData(429)]
    [InlineData(503)]
    public void CopyAndRemove_FewRequestsLetThrough_SucceedAndTell(int status)
    {
        using var registry = new RealRegistry();
        using Nginx proxy = new Nginx().Start(
            $"client_max_body_size 0; location / {{ limit_req zone=all burst=3 nodelay; limit_req_status {status}; "
                + $"{Nginx.PassTo(registry.Host)} }}",
            http: "limit_req_zone $binary_remote_addr zone=all:1m rate=20r/s;");
        var images = new LayoutImages(_engine.GetPath("images"));
        images.Tag("1", images.Image(
            "linux/amd64",
            [.. Enumerable.Range(0, Layers).Select(i => images.Layer(($"etc/secret{i}.key", "SECRET"), ($"file{i}", $"{i}")))]));
        _engine.Set("app", $"{proxy.Host}/team/app");

        Result copied = _engine.Invoke("Copy-OciImage oci:images:1 ${app}:1 -Verbose");
        int forCopy = proxy.Requests.Length;
        Result removed = _engine.Invoke("Remove-OciImageFile ${app}:1 -Path '*.key' -Destination ${app}:clean -Verbose");
        int forRemoval = proxy.Requests.Length - forCopy;

        Assert.All([copied, removed], result => Assert.Empty(result.AllErrors));
        Assert.All([copied, removed], result => Assert.Contains(
            result.Verbose, message => message.Contains($"status {status}. Trying again in", StringComparison.Ordinal)));
        Assert.Contains(proxy.Requests, request => request.StartsWith($"{status} ", StringComparison.Ordinal));
        // About forty and sixty are needed; the others are those that were turned away.
        Assert.InRange(forCopy, 3 * Layers, 12 * Layers);
        Assert.InRange(forRemoval, 3 * Layers, 18 * Layers);
        Tool.Run(
            "skopeo",
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{registry.Host}/team/app:clean",
            $"oci:{_engine.GetPath("pulled")}:1");
        Assert.Equal(Enumerable.Range(0, Layers).Select(i => $"file{i}"), _engine.Layout("pulled").Names("1"));
        Assert.Equal(
            images.Blob(LayoutImages.GetTagDigest(images.Folder, "1")),
            Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/team/app:1"));
    }
}
