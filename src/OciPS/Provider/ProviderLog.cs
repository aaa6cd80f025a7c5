// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Provider;

namespace OciPS.Provider;

/// <summary>Shows the diagnostics and progress of a drive's operation.</summary>
internal sealed class ProviderLog : IOperationLog
{
    private readonly CmdletProvider _provider;
    private readonly PipelineQueue _queue;
    private readonly ProgressBars _bars;

    public ProviderLog(CmdletProvider provider, PipelineQueue queue)
    {
        _provider = provider;
        _queue = queue;
        _bars = new ProgressBars("Reading the image", records => queue.Post(() => Show(records)));
    }

    public void Verbose(string message) => _queue.Post(() => _provider.WriteVerbose(TerminalText.Escape(message)));

    public void Warning(string message) => _queue.Post(() => _provider.WriteWarning(TerminalText.Escape(message)));

    public void Verbose(string message, Remedy remedy, string? subject) => Verbose(ErrorHints.Complete(message, remedy, subject));

    public void Warning(string message, Remedy remedy, string? subject) => Warning(ErrorHints.Complete(message, remedy, subject));

    public void Debug(string message) => _queue.Post(() => _provider.WriteDebug(TerminalText.Escape(message)));

    public ITransferLog Begin(string item, long total) => _bars.Begin(item, total);

    public void Expect(long bytes) => _bars.Expect(bytes);

    /// <summary>Removes the progress bars; runs on the pipeline's thread.</summary>
    public void Complete() => Show(_bars.Complete());

    private void Show(IReadOnlyList<ProgressRecord> records)
    {
        foreach (ProgressRecord record in records)
        {
            _provider.WriteProgress(record);
        }
    }
}
