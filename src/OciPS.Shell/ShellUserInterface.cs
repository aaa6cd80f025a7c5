// SPDX-License-Identifier: MIT

using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace OciPS.Shell;

/// <summary>Writes to the console, and asks there where someone can answer.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value) => Console.Out.Write(Plain(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Console.Out.Write(Plain(value));

    public override void WriteLine(string value) => Console.Out.WriteLine(Plain(value));

    public override void WriteErrorLine(string value) => Console.Error.WriteLine(GetOutputString(value, !Console.IsErrorRedirected));

    public override void WriteWarningLine(string message) => Console.Out.WriteLine("WARNING: " + message);

    public override void WriteVerboseLine(string message) => Console.Out.WriteLine("VERBOSE: " + message);

    public override void WriteDebugLine(string message) => Console.Out.WriteLine("DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (!Console.IsErrorRedirected)
        {
            string text = record.RecordType == ProgressRecordType.Completed ? string.Empty : $"{record.Activity}: {record.StatusDescription}";
            int width = Math.Max(RawUI.BufferSize.Width - 1, 1);
            Console.Error.Write("\r" + (text.Length > width ? text[..width] : text.PadRight(width)) + "\r");
        }
    }

    public override string ReadLine() => Console.ReadLine() ?? string.Empty;

    public override SecureString ReadLineAsSecureString() => throw CannotAsk("a password");

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (Console.IsInputRedirected)
        {
            throw CannotAsk(caption);
        }

        Console.Out.WriteLine(caption);
        Console.Out.WriteLine(message);
        while (true)
        {
            Console.Out.Write(string.Join("  ", choices.Select(choice => $"[{Key(choice)}] {choice.Label.Replace("&", "", StringComparison.Ordinal)}")) + ": ");
            string answer = ReadLine().Trim();
            int chosen = answer.Length == 0 ? defaultChoice : choices.ToList().FindIndex(choice => Key(choice).Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw CannotAsk(string.Join(", ", descriptions.Select(field => field.Name)));

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw CannotAsk("a credential");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw CannotAsk("a credential");

    // Colours are for terminals.
    private string Plain(string value) => GetOutputString(value, SupportsVirtualTerminal);

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1) : choice.Label;
    }

    private static PSInvalidOperationException CannotAsk(string what) => new($"This shell cannot ask for {what}. Give it as a parameter.");
}
