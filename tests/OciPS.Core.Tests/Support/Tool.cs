// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace OciPS.Core.Tests.Support;

/// <summary>Runs the programs that tests take their archives and their expected values from.</summary>
internal static class Tool
{
    /// <summary>Stands, in a list of tools, for the right to make devices and to set any attribute.</summary>
    public const string Root = "root";

    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);
    private static readonly ConcurrentDictionary<string, bool> s_present = new();

    /// <summary>Whether a tool is on PATH; <c>tar</c> means GNU tar.</summary>
    public static bool IsPresent(string name) => s_present.GetOrAdd(name, static name => name switch
    {
        Root => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess,
        "tar" => IsOnPath(name) && RunText("tar", "--version").Contains("GNU tar", StringComparison.Ordinal),
        _ => IsOnPath(name),
    });

    /// <summary>Runs a tool and returns what it wrote; fails if its exit code is not 0.</summary>
    public static byte[] Run(string name, params string[] arguments) => Run(null, default, name, arguments);

    /// <summary>Runs a tool with these bytes as its input.</summary>
    public static byte[] Filter(ReadOnlyMemory<byte> input, string name, params string[] arguments) => Run(null, input, name, arguments);

    /// <summary>Runs a tool in a folder.</summary>
    public static byte[] RunIn(string folder, string name, params string[] arguments) => Run(folder, default, name, arguments);

    public static string RunText(string name, params string[] arguments) => Encoding.UTF8.GetString(Run(name, arguments));

    /// <summary>Runs a script of <c>sh</c> in a folder.</summary>
    public static byte[] Shell(string folder, string script) => Run(folder, default, "sh", ["-e", "-c", script]);

    private static byte[] Run(string? folder, ReadOnlyMemory<byte> input, string name, string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? string.Empty,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TZ"] = "UTC";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task writing = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input.Span);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        writing.Wait(s_timeout);
        Assert.True(process.WaitForExit(s_timeout), $"{name} did not end.");
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {process.ExitCode}: {errors.Result}");
        return output.ToArray();
    }

    /// <summary>Where a tool is; null if it is not here.</summary>
    public static string? FindPath(string name)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [string.Empty];
        // Debian has servers where only root's PATH leads to.
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/sbin")
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);
    }

    private static bool IsOnPath(string name) => FindPath(name) is not null;
}
