// SPDX-License-Identifier: MIT

using System.Management.Automation.Language;

namespace OciPS.Shell;

/// <summary>Turns the command line into the script to run.</summary>
internal static class ShellArguments
{
    /// <summary>The script; null if the command line is not understood.</summary>
    public static string? Parse(string[] arguments) => arguments switch
    {
        [var option, var text] when Is(option, "-Command", "-c") => text,
        [var option, var path, .. var rest] when Is(option, "-File", "-f") => $"& {Quote(Path.GetFullPath(path))} {string.Join(' ', rest.Select(Argument))}",
        _ => null,
    };

    private static bool Is(string option, string name, string shortName) =>
        option.Equals(name, StringComparison.OrdinalIgnoreCase) || option.Equals(shortName, StringComparison.OrdinalIgnoreCase);

    // Names of parameters stay as they are; all else is a string.
    private static string Argument(string argument) =>
        argument.Length > 1 && argument[0] == '-' && char.IsLetter(argument[1]) && argument.All(c => char.IsLetterOrDigit(c) || c is '-' or ':')
            ? argument
            : Quote(argument);

    private static string Quote(string text) => "'" + CodeGeneration.EscapeSingleQuotedStringContent(text) + "'";
}
