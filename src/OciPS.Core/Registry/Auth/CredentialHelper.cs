// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Auth;

/// <summary>A credential helper: the program <c>docker-credential-NAME</c>.</summary>
/// <remarks>docker-credential-helpers, "Development"; Docker CLI reference, "docker login", section "Credential helper protocol".</remarks>
internal sealed class CredentialHelper(string name, string namedBy)
{
    private const string NotFound = "credentials not found";
    private const string TokenUser = "<token>";
    private const int MaximumAnswer = 1024 * 1024;
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromSeconds(30);

    private string Program => OperatingSystem.IsWindows() ? $"docker-credential-{name}.exe" : $"docker-credential-{name}";

    /// <summary>The credential for a server; null if the helper has none.</summary>
    /// <exception cref="RegistryException">The helper is missing, fails, or does not end in time.</exception>
    public async Task<RegistryCredential?> GetAsync(string server, CancellationToken cancellationToken)
    {
        if (name.AsSpan().IndexOfAny(['/', '\\', '\0']) >= 0)
        {
            throw Failed("whose name is not that of a program");
        }

        using var timeLimit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeLimit.CancelAfter(s_timeLimit);
        using Process process = Start();
        try
        {
            (int exitCode, string answer) = await AskAsync(process, server, timeLimit.Token).ConfigureAwait(false);
            return exitCode == 0 ? Parse(answer)
                : answer.Contains(NotFound, StringComparison.OrdinalIgnoreCase) ? null
                : throw Failed($"which failed with the exit code {exitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"which did not answer within {s_timeLimit.TotalSeconds:0} seconds");
        }
        finally
        {
            End(process);
        }
    }

    private static async Task<(int ExitCode, string Answer)> AskAsync(Process process, string server, CancellationToken cancellationToken)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.StandardInput.WriteAsync(server.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The helper ended without reading its input; its exit code says more.
        }

        var answer = new char[MaximumAnswer];
        int count = await process.StandardOutput.ReadBlockAsync(answer.AsMemory(), cancellationToken).ConfigureAwait(false);
        string error = await errors.ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return (process.ExitCode, new string(answer, 0, count) + (process.ExitCode == 0 ? "" : error));
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Program, ["get"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        try
        {
            return Process.Start(start) ?? throw Failed("which cannot be started");
        }
        catch (Win32Exception)
        {
            throw Failed("which is not installed, or cannot be started");
        }
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // The helper has already ended.
        }
    }

    private RegistryCredential Parse(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.TrimStart('\uFEFF'));
            string user = json.RootElement.GetProperty("Username").GetString() ?? string.Empty;
            string secret = json.RootElement.GetProperty("Secret").GetString() ?? string.Empty;
            return user == TokenUser ? new RegistryCredential { IdentityToken = secret } : RegistryCredential.FromPassword(user, secret);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Failed("whose answer is not JSON with 'Username' and 'Secret'");
        }
    }

    // The helper's output is not repeated: it may contain a secret.
    private RegistryException Failed(string why) => new(
        ErrorIds.CredentialHelperFailed,
        $"'{namedBy}' names the credential helper '{Program}', {why}. Install it or repair it, or remove its name from that file.");
}
