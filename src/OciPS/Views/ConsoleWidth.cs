// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace OciPS.Views;

/// <summary>How long the console's lines are. Views that cut a text in front have to know; PowerShell cuts behind.</summary>
internal static class ConsoleWidth
{
    private static readonly ConditionalWeakTable<Runspace, PSHost> s_hosts = [];

    /// <summary>The text, cut in front where it is longer than its column: a reference keeps its tag.</summary>
    /// <param name="text">The text; null stays null.</param>
    /// <param name="used">How much of the line the other columns take, with the spaces between all.</param>
    /// <param name="columns">Among how many columns PowerShell divides the rest.</param>
    public static string? CutInFront(string? text, int used, int columns = 1)
    {
        const int Least = 8;
        // Some consoles leave the last column empty.
        return CutTo(text, Math.Max((LineLength() - 1 - used) / columns, Least));
    }

    /// <summary>The text, cut in front to a length.</summary>
    /// <param name="text">The text; null stays null.</param>
    /// <param name="length">The length.</param>
    public static string? CutTo(string? text, int length) =>
        text is null || text.Length <= length ? text : "…" + text[^(length - 1)..];

    // Hosts without a console have no such thing, or throw.
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

    // A property of a type is not told which host it is shown in; a script in the same runspace is, in ConstrainedLanguage too.
    private static PSHost FindHost() => (PSHost)ScriptBlock.Create("$Host").Invoke().Single().BaseObject;
}
