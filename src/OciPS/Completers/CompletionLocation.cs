// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.References;

namespace OciPS.Completers;

/// <summary>Resolves paths relative to the location of the session that completes.</summary>
internal static class CompletionLocation
{
    /// <summary>The absolute path; the unchanged text if it is not a path.</summary>
    public static string ToFullPath(string path)
    {
        try
        {
            return Session()?.ToFullPath(path) ?? path;
        }
        catch (Exception error) when (error is RuntimeException or OciException)
        {
            return path;
        }
    }

    /// <summary>The reference with an absolute path, which is valid in every folder; unchanged if its path is invalid.</summary>
    public static string Resolve(string reference)
    {
        try
        {
            return Session() is { } session ? ImageReference.Parse(reference, session.ToFullPath, session.IsDrive).ToString() : reference;
        }
        catch (Exception error) when (error is RuntimeException or OciException)
        {
            return reference;
        }
    }

    // Completers do not receive their session.
    private static SessionState? Session()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript("$ExecutionContext.SessionState", useLocalScope: true).Invoke<SessionState>().FirstOrDefault();
    }
}
