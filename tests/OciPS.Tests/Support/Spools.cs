// SPDX-License-Identifier: MIT

namespace OciPS.Tests.Support;

/// <summary>Spool files that this process has: on Linux they have no name from the beginning, and only their handles tell.</summary>
internal static class Spools
{
    public static string[] Open() => OperatingSystem.IsLinux()
        ? Directory.GetFiles("/proc/self/fd").Select(GetTarget).Where(target => target.Contains(".spool", StringComparison.Ordinal))
            .ToArray()
        : Directory.GetFiles(Path.GetTempPath(), "ocips-*.spool");

    private static string GetTarget(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget ?? string.Empty;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return string.Empty;
        }
    }
}
