// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;

namespace OciPS.Core.Tests.Support;

/// <summary>Keeps what an operation tells.</summary>
internal sealed class RecordingLog : IOperationLog
{
    public ConcurrentQueue<string> Messages { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    /// <summary>What helps against the warnings, of those that say so.</summary>
    public ConcurrentQueue<Remedy> Remedies { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public void Verbose(string message) => Messages.Enqueue(message);

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Warning(string message, Remedy remedy, string? subject)
    {
        Warning(message);
        if (remedy != Remedy.None)
        {
            Remedies.Enqueue(remedy);
        }
    }

    public void Debug(string message) => Requests.Enqueue(message);

    public ITransferLog Begin(string item, long total) => NullLog.Transfer.Instance;
}
