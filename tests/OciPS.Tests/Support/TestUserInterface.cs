// SPDX-License-Identifier: MIT

using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace OciPS.Tests.Support;

internal sealed class TestUserInterface : PSHostUserInterface
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _questions = [];

    public override PSHostRawUserInterface RawUI { get; } = new TestRawUserInterface();

    public string Text => _text.ToString();

    public IReadOnlyList<string> Questions => _questions;

    public Queue<string> Answers { get; } = new();

    public Exception? Refusal { get; set; }

    public void Clear() => _text.Clear();

    public override bool SupportsVirtualTerminal => true;

    // As PowerShell's own host does: what $PSStyle.OutputRendering says is for the host to do.
    public override void Write(string value) => _text.Append(GetOutputString(value, SupportsVirtualTerminal));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteDebugLine(string message)
    {
    }

    public override void WriteVerboseLine(string message)
    {
    }

    public override void WriteWarningLine(string message)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override string ReadLine() => throw new NotSupportedException("Nobody is there to answer.");

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("Nobody is there to answer.");

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (Refusal is { } refusal)
        {
            throw refusal;
        }

        _questions.Add($"{caption}\n{message}");
        string answer = Answers.Dequeue();
        return choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal)).ToList().IndexOf(answer);
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException("Nobody is there to answer.");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("Nobody is there to answer.");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        throw new NotSupportedException("Nobody is there to answer.");
}
