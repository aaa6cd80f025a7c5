// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Registries behind the proxy that the environment names, which a process reads once: in processes of their own.</summary>
[Trait("Speed", "Slow")]
public sealed class EnvironmentProxyTests : IDisposable
{
    private const string Secured = "registry.example.test";
    private const string Plain = "plain.example.test";
    private const string UserInfo = "me:not-a-real-password";

    private readonly Engine _engine = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _engine.Dispose();
    }

    [PeerTheory("docker-registry", "skopeo")]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_ProxyInTheEnvironment_TakesItForAllButThisMachine(bool hasLowerCaseNames)
    {
        using X509Certificate2 certificate = _authority.IssueServer(Secured);
        using var secured = new RealRegistry(certificate: certificate);
        using var plain = new RealRegistry();
        using var near = new RealRegistry();
        using var proxy = new ForwardProxy(
            UserInfo, new Dictionary<string, int> { [Secured + ":443"] = secured.Port, [Plain] = plain.Port });
        var images = new LayoutImages(_engine.GetPath("images"));
        byte[] manifest = images.Blob(images.Tag("1", images.FourPlatforms()));
        File.WriteAllText(_engine.GetPath("ca.crt"), _authority.Pem);
        string nearName = near.Host.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

        (int exitCode, string output) = RunAlone(proxy.Address, hasLowerCaseNames, $$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{Engine.ModulePath}}'
            $null = Connect-OciRegistry {{Secured}} -CertificateAuthority '{{_engine.GetPath("ca.crt")}}'
            $null = Connect-OciRegistry {{Plain}} -PlainHttp
            $null = Copy-OciImage 'oci:{{images.Folder}}:1' '{{near.Host}}/team/app:1'
            $null = Copy-OciImage '{{nearName}}/team/app:1' '{{Secured}}/team/app:1'
            $null = Copy-OciImage '{{Secured}}/team/app:1' '{{Plain}}/team/app:1'
            $null = Remove-OciImageFile '{{Plain}}/team/app:1' -Path '*.key' -Destination '{{Secured}}/team/app:clean'
            (Get-OciTag '{{Secured}}/team/app' -Name '1').Name
            @(Get-OciImageFile '{{Secured}}/team/app:clean' -Platform linux/amd64).FullName -join ','
            """);

        Assert.Equal((0, $"1{Environment.NewLine}etc/os-release,bin/app,bin/helper"), (exitCode, output));
        Assert.Equal(["CONNECT " + Secured + ":443", "http://" + Plain], proxy.Requests
            .Select(request => request.StartsWith("CONNECT", StringComparison.Ordinal)
                ? request
                : new Uri(request.Split(' ')[1]).GetLeftPart(UriPartial.Authority))
            .Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(manifest, Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{plain.Host}/team/app:1"));
        Assert.Equal(manifest, Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{near.Host}/team/app:1"));
    }

    [PeerFact("docker-registry")]
    public void Copy_ProxyRefusesThePassword_SaysSoWithoutIt()
    {
        using var registry = new RealRegistry();
        using var proxy = new ForwardProxy(UserInfo, new Dictionary<string, int> { [Secured + ":443"] = registry.Port });

        (int exitCode, string output) = RunAlone(
            proxy.Address.Replace("not-a-real-password", "not-the-password", StringComparison.Ordinal), false, $$"""
            Import-Module '{{Engine.ModulePath}}'
            Get-OciManifest '{{Secured}}/team/app:1' -ErrorVariable problems -ErrorAction SilentlyContinue
            "$($problems[0].FullyQualifiedErrorId) $($problems[0]) $($problems[0].Exception)"
            """);

        Assert.Equal(0, exitCode);
        Assert.StartsWith("RegistryUnreachable,", output, StringComparison.Ordinal);
        Assert.Contains("407", output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", output, StringComparison.Ordinal);
        Assert.Empty(proxy.Requests);
    }

    private (int ExitCode, string Output) RunAlone(string proxy, bool hasLowerCaseNames, string script)
    {
        File.WriteAllText(_engine.GetPath("script.ps1"), script);
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "OciPS.Tests.dll"), _engine.GetPath("script.ps1") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in new[]
        {
            "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        })
        {
            start.Environment.Remove(name);
        }

        start.Environment[hasLowerCaseNames ? "http_proxy" : "HTTP_PROXY"] = proxy;
        start.Environment[hasLowerCaseNames ? "https_proxy" : "HTTPS_PROXY"] = proxy;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd().Trim();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(string.Empty, errors.Result);
        return (process.ExitCode, output);
    }
}
