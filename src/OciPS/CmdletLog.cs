// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Shows what an operation tells, as PowerShell shows such things.</summary>
internal sealed class CmdletLog(PSCmdlet cmdlet, PipelineQueue queue) : IOperationLog
{
    private readonly ProgressBars _bars = new(cmdlet.MyInvocation.MyCommand.Name, records => queue.Post(() => Show(cmdlet, records)));

    public void Verbose(string message) => queue.Post(() => cmdlet.WriteVerbose(message));

    public void Warning(string message) => queue.Post(() => cmdlet.WriteWarning(message));

    public void Debug(string message) => queue.Post(() => cmdlet.WriteDebug(message));

    public ITransferLog Begin(string item, long total) => _bars.Begin(item, total);

    /// <summary>Takes the bars away; runs on the pipeline's thread.</summary>
    public void Complete() => Show(cmdlet, _bars.Complete());

    private static void Show(PSCmdlet cmdlet, IReadOnlyList<ProgressRecord> records)
    {
        foreach (ProgressRecord record in records)
        {
            cmdlet.WriteProgress(record);
        }
    }
}
