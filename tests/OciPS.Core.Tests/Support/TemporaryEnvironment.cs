// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Support;

/// <summary>Changes the process's environment, until it is disposed.</summary>
internal sealed class TemporaryEnvironment : IDisposable
{
    private readonly Dictionary<string, string?> _before = [];

    public TemporaryEnvironment()
    {
    }

    /// <summary>Changes where the process puts its temporary files.</summary>
    public TemporaryEnvironment(string temporaryFiles)
    {
        foreach (string name in OperatingSystem.IsWindows() ? new[] { "TMP", "TEMP" } : ["TMPDIR"])
        {
            Set(name, temporaryFiles);
        }
    }

    public void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach ((string name, string? value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
