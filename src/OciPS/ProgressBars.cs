// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using OciPS.Views;

namespace OciPS;

/// <summary>
/// One progress bar for all transfers of a cmdlet, and one below it for each running transfer; updated at most five times a second.
/// </summary>
/// <param name="activity">The title of the bar.</param>
/// <param name="show">Shows the bars that changed.</param>
internal sealed class ProgressBars(string activity, Action<IReadOnlyList<ProgressRecord>> show)
{
    private const int MaximumBars = 8;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private static int s_lastId;

    // Each cmdlet in a pipeline needs its own bars.
    private readonly int _id = Interlocked.Increment(ref s_lastId) * 100;
    private readonly object _lock = new();
    private readonly List<Transfer> _running = [];
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly HashSet<int> _shown = [];
    private long _last = Stopwatch.GetTimestamp();
    private long _finishedBytes;
    private long _expectedBytes;
    private int _finished;

    /// <summary>Starts a transfer.</summary>
    public ITransferLog Begin(string item, long total)
    {
        lock (_lock)
        {
            int number = 1;
            while (_running.Exists(other => other.Number == number))
            {
                number++;
            }

            var transfer = new Transfer(this, item, total, number);
            _running.Add(transfer);
            return transfer;
        }
    }

    /// <summary>Sets the number of bytes that remain beyond the started transfers.</summary>
    public void Expect(long bytes) => Interlocked.Exchange(ref _expectedBytes, bytes);

    /// <summary>The records that remove all bars.</summary>
    public IReadOnlyList<ProgressRecord> Complete()
    {
        lock (_lock)
        {
            ProgressRecord[] gone = [.. _shown.OrderDescending().Select(Gone)];
            _shown.Clear();
            return gone;
        }
    }

    private void Draw()
    {
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_last) < s_interval)
            {
                return;
            }

            _last = Stopwatch.GetTimestamp();
            Transfer[] drawn = [.. _running.Where(transfer => transfer.Number < MaximumBars)];
            var records = new List<ProgressRecord> { DrawAll() };
            records.AddRange(
                drawn.Select(transfer => Record(_id + transfer.Number, transfer.Item, transfer.Done, transfer.Total, transfer.Begin, 0)));
            int[] gone = [.. _shown.Except(records.Select(record => record.ActivityId))];
            records.AddRange(gone.Select(Gone));
            _shown.ExceptWith(gone);
            _shown.UnionWith(
                records.Where(record => record.RecordType == ProgressRecordType.Processing).Select(record => record.ActivityId));
            show(records);
        }
    }

    private ProgressRecord DrawAll()
    {
        long done = _finishedBytes + _running.Sum(transfer => transfer.Done);
        long total = _running.TrueForAll(transfer => transfer.Total > 0)
            ? _finishedBytes + _running.Sum(transfer => transfer.Total) + Interlocked.Read(ref _expectedBytes)
            : 0;
        return Record(_id, activity, done, total, _begin, _finished);
    }

    private ProgressRecord Record(int id, string what, long done, long total, long begin, int finished)
    {
        double seconds = Math.Max(Stopwatch.GetElapsedTime(begin).TotalSeconds, 0.001);
        double speed = done / seconds;
        bool isKnown = total > 0 && done <= total;
        string amount = isKnown ? $"{DisplayText.Size(done)} of {DisplayText.Size(total)}" : DisplayText.Size(done);
        string count = finished > 0 ? string.Create(CultureInfo.InvariantCulture, $", {finished} done") : string.Empty;
        return new ProgressRecord(id, TerminalText.Escape(what), $"{amount}, {DisplayText.Size((long)speed)}/s{count}")
        {
            ParentActivityId = id == _id ? -1 : _id,
            PercentComplete = isKnown ? (int)(done * 100 / total) : -1,
            SecondsRemaining = isKnown && speed > 0 ? (int)Math.Min((total - done) / speed, int.MaxValue) : -1,
        };
    }

    private ProgressRecord Gone(int id) =>
        new(id, activity, "Done") { RecordType = ProgressRecordType.Completed, ParentActivityId = id == _id ? -1 : _id };

    private sealed class Transfer(ProgressBars bars, string item, long total, int number) : ITransferLog
    {
        private long _done;

        public string Item => item;

        public long Total => total;

        public int Number => number;

        public long Begin { get; } = Stopwatch.GetTimestamp();

        public long Done => Interlocked.Read(ref _done);

        public void Report(long done)
        {
            Interlocked.Exchange(ref _done, done);
            if (Stopwatch.GetElapsedTime(Interlocked.Read(ref bars._last)) >= s_interval)
            {
                bars.Draw();
            }
        }

        public void Dispose()
        {
            lock (bars._lock)
            {
                if (bars._running.Remove(this))
                {
                    bars._finishedBytes += Done;
                    bars._finished++;
                }
            }
        }
    }
}
