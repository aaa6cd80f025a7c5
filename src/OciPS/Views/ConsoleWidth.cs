// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace OciPS.Views;

/// <summary>The width of the console. Views that trim the beginning of a text need it; PowerShell trims only the end.</summary>
internal static class ConsoleWidth
{
    private static readonly ConditionalWeakTable<Runspace, PSHost> s_hosts = [];

    /// <summary>The text, trimmed at its beginning to fit the column, so that a reference keeps its tag.</summary>
    /// <param name="text">The text; null stays null.</param>
    /// <param name="used">The characters that other columns and all spaces take.</param>
    /// <param name="columns">The number of columns that share the rest of the line.</param>
    public static string? CutInFront(string? text, int used, int columns = 1)
    {
        const int Least = 8;
        // Some consoles leave the last column empty.
        return CutTo(text, Math.Max((LineLength() - 1 - used) / columns, Least));
    }

    /// <summary>The text, trimmed at its beginning to a length.</summary>
    /// <param name="text">The text; null stays null.</param>
    /// <param name="length">The length in characters.</param>
    public static string? CutTo(string? text, int length) =>
        text is null || text.Length <= length ? text : "…" + text[^(length - 1)..];

    // Hosts without a console have no window size, or throw.
    private static int LineLength()
    {
        try
        {
            PSHost? host = Runspace.DefaultRunspace is { } runspace ? s_hosts.GetValue(runspace, _ => FindHost()) : null;
            return host?.UI?.RawUI?.BufferSize.Width is > 0 and { } width ? width : int.MaxValue;
        }
        catch (Exception error) when (error is RuntimeException or NotImplementedException or NotSupportedException
            or IOException or InvalidOperationException)
        {
            return int.MaxValue;
        }
    }

    // A type's property does not know the current host; a script in the same runspace does, in ConstrainedLanguage too.
    private static PSHost FindHost() => (PSHost)ScriptBlock.Create("$Host").Invoke().Single().BaseObject;
}
