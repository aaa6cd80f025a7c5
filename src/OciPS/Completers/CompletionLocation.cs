// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.References;

namespace OciPS.Completers;

/// <summary>Reads paths as the session does in which somebody types.</summary>
internal static class CompletionLocation
{
    /// <summary>The path from the root on; as it is where it cannot be a path.</summary>
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

    /// <summary>The reference with its path from the root on, which is the same in every folder; as it is where it cannot be one.</summary>
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

    // Completers are not told whose session they are in.
    private static SessionState? Session()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript("$ExecutionContext.SessionState", useLocalScope: true).Invoke<SessionState>().FirstOrDefault();
    }
}
