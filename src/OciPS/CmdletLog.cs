// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace OciPS;

/// <summary>Shows what an operation tells, as PowerShell shows such things.</summary>
internal sealed class CmdletLog(PSCmdlet cmdlet, PipelineQueue queue) : IOperationLog
{
    private const int ActivityId = 1;
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private long _lastProgress = Stopwatch.GetTimestamp();

    public void Verbose(string message) => queue.Post(() => cmdlet.WriteVerbose(message));

    public void Warning(string message) => queue.Post(() => cmdlet.WriteWarning(message));

    public void Debug(string message) => queue.Post(() => cmdlet.WriteDebug(message));

    public void Progress(string item, long done, long total)
    {
        long last = Interlocked.Read(ref _lastProgress);
        if (Stopwatch.GetElapsedTime(last) < s_progressInterval
            || Interlocked.CompareExchange(ref _lastProgress, Stopwatch.GetTimestamp(), last) != last)
        {
            return;
        }

        string status = total > 0 ? $"{item}: {Megabytes(done)} of {Megabytes(total)}" : $"{item}: {Megabytes(done)}";
        var record = new ProgressRecord(ActivityId, cmdlet.MyInvocation.MyCommand.Name, status)
        {
            PercentComplete = total > 0 ? (int)Math.Min(100, done * 100 / total) : -1,
        };
        queue.Post(() =>
        {
            cmdlet.WriteProgress(record);
            HasProgress = true;
        });
    }

    /// <summary>Whether a bar is shown.</summary>
    public bool HasProgress { get; private set; }

    /// <summary>Takes the bar away; runs on the pipeline's thread.</summary>
    public void Complete()
    {
        if (HasProgress)
        {
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, cmdlet.MyInvocation.MyCommand.Name, "Done") { RecordType = ProgressRecordType.Completed });
            HasProgress = false;
        }
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB";
}
