// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Shows an operation's diagnostics and progress in PowerShell's streams.</summary>
internal sealed class CmdletLog(PSCmdlet cmdlet, PipelineQueue queue) : IOperationLog
{
    private readonly ProgressBars _bars = new(cmdlet.MyInvocation.MyCommand.Name, records => queue.Post(() => Show(cmdlet, records)));

    public void Verbose(string text) => queue.Post(() =>
    {
        string message = TerminalText.Escape(text);

        // With -Debug alone, PowerShell would ask for confirmation at each verbose message.
        if (IsSet("Debug") && !IsSet("Verbose"))
        {
            cmdlet.WriteDebug(message);
        }
        else
        {
            cmdlet.WriteVerbose(message);
        }
    });

    public void Warning(string message) => queue.Post(() => cmdlet.WriteWarning(TerminalText.Escape(message)));

    public void Verbose(string message, Remedy remedy, string? subject) => Verbose(ErrorHints.Complete(message, remedy, subject));

    public void Warning(string message, Remedy remedy, string? subject) => Warning(ErrorHints.Complete(message, remedy, subject));

    public void Debug(string message) => queue.Post(() => cmdlet.WriteDebug(TerminalText.Escape(message)));

    public ITransferLog Begin(string item, long total) => _bars.Begin(item, total);

    public void Expect(long bytes) => _bars.Expect(bytes);

    /// <summary>Removes the progress bars; runs on the pipeline's thread.</summary>
    public void Complete() => Show(cmdlet, _bars.Complete());

    private bool IsSet(string parameter) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && value is SwitchParameter { IsPresent: true };

    private static void Show(PSCmdlet cmdlet, IReadOnlyList<ProgressRecord> records)
    {
        foreach (ProgressRecord record in records)
        {
            cmdlet.WriteProgress(record);
        }
    }
}
