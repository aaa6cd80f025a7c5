// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Support;

/// <summary>Changes where the process puts its temporary files, until it is disposed.</summary>
internal sealed class TemporaryEnvironment : IDisposable
{
    private static readonly string[] s_names = OperatingSystem.IsWindows() ? ["TMP", "TEMP"] : ["TMPDIR"];

    private readonly string?[] _before = [.. s_names.Select(Environment.GetEnvironmentVariable)];

    public TemporaryEnvironment(string folder) => Array.ForEach(s_names, name => Environment.SetEnvironmentVariable(name, folder));

    public void Dispose()
    {
        foreach ((string name, string? value) in s_names.Zip(_before))
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
