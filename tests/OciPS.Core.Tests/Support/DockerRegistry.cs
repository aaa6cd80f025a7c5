// SPDX-License-Identifier: MIT

using System.Diagnostics;

using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>A real registry of its own on loopback, with its files in a temporary folder.</summary>
public sealed class DockerRegistry : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    /// <summary>Whether it takes schema 1 manifests, which it does not by itself.</summary>
    public bool TakesSchema1 { get; init; }

    /// <summary>The host and port; started when it is first asked for, so that tests that are skipped need no registry.</summary>
    public string Host
    {
        get
        {
            if (field is null)
            {
                field = $"127.0.0.1:{TestPorts.Take()}";
                _process = Start(field);
            }

            return field;
        }
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _folder.Dispose();
    }

    private Process Start(string host)
    {
        string config = _folder.Write("config.yml", System.Text.Encoding.UTF8.GetBytes(
            $$"""
            version: 0.1
            log: { level: error, accesslog: { disabled: true } }
            storage: { filesystem: { rootdirectory: '{{_folder["data"]}}' }, delete: { enabled: true } }
            http: { addr: '{{host}}' }
            compatibility: { schema1: { enabled: {{(TakesSchema1 ? "true" : "false")}} } }
            """));
        var process = Process.Start(
            new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        using var http = new HttpClient();
        for (int attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                using HttpResponseMessage response = http.GetAsync(new Uri($"http://{host}/v2/")).GetAwaiter().GetResult();
                return process;
            }
            catch (HttpRequestException)
            {
                Thread.Sleep(100);
            }
        }

        throw new InvalidOperationException("docker-registry did not start.");
    }
}
