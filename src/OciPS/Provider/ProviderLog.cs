// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Provider;

namespace OciPS.Provider;

/// <summary>Shows what an operation tells that a drive needs.</summary>
internal sealed class ProviderLog(CmdletProvider provider, PipelineQueue queue) : IOperationLog
{
    private const string Activity = "Reading the image";
    private const int ActivityId = 2;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private long _last = Stopwatch.GetTimestamp();
    private bool _hasProgress;

    public void Verbose(string message) => queue.Post(() => provider.WriteVerbose(message));

    public void Warning(string message) => queue.Post(() => provider.WriteWarning(message));

    public void Debug(string message) => queue.Post(() => provider.WriteDebug(message));

    public void Progress(string item, long done, long total)
    {
        long last = Interlocked.Read(ref _last);
        if (Stopwatch.GetElapsedTime(last) < s_interval || Interlocked.CompareExchange(ref _last, Stopwatch.GetTimestamp(), last) != last)
        {
            return;
        }

        string amount = total > 0 ? $"{DisplayText.Size(done)} of {DisplayText.Size(total)}" : DisplayText.Size(done);
        var record = new ProgressRecord(ActivityId, Activity, string.Create(CultureInfo.InvariantCulture, $"{item}: {amount}"))
        {
            PercentComplete = total > 0 ? (int)Math.Min(100, done * 100 / total) : -1,
        };
        queue.Post(() =>
        {
            _hasProgress = true;
            provider.WriteProgress(record);
        });
    }

    /// <summary>Takes the bar away; runs on the pipeline's thread.</summary>
    public void Complete()
    {
        if (_hasProgress)
        {
            provider.WriteProgress(new ProgressRecord(ActivityId, Activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }
}
