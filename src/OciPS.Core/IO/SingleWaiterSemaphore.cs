// SPDX-License-Identifier: MIT

using System.Threading.Tasks.Sources;

namespace OciPS.IO;

/// <summary>A semaphore for one waiter at a time: waiting never allocates.</summary>
internal sealed class SingleWaiterSemaphore : IValueTaskSource, IThreadPoolWorkItem
{
    private readonly object _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private int _count;
    private bool _isAwaited;
    private bool _endsAtOnce;

    /// <param name="count">The initial count.</param>
    public SingleWaiterSemaphore(int count) => _count = count;

    /// <summary>Waits until the count is above 0, and decrements it.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="endsAtOnce">Whether a cancellation runs the waiter's continuation on the cancelling thread at once, which can then wait
    /// for it without needing another thread.</param>
    public ValueTask WaitAsync(CancellationToken cancellationToken, bool endsAtOnce = false)
    {
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled(cancellationToken);
            }

            if (_count > 0)
            {
                _count--;
                return ValueTask.CompletedTask;
            }

            if (_isAwaited)
            {
                throw new InvalidOperationException("Only one at a time waits for this.");
            }

            _core.Reset();
            _core.RunContinuationsAsynchronously = false;
            (_isAwaited, _endsAtOnce) = (true, endsAtOnce);
            _registration = cancellationToken.UnsafeRegister(
                static (semaphore, token) => ((SingleWaiterSemaphore)semaphore!).Cancel(token), this);
            return new ValueTask(this, _core.Version);
        }
    }

    /// <inheritdoc cref="WaitAsync"/>
    public void Wait()
    {
        lock (_gate)
        {
            while (_count == 0)
            {
                Monitor.Wait(_gate);
            }

            _count--;
        }
    }

    /// <summary>Increments the count.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                _count++;
                Monitor.Pulse(_gate);
                return;
            }

            _isAwaited = false;
            // Does not wait for the callback: the cancelling thread may be waiting for this lock.
            _registration.Unregister();
        }

        // Not in this thread's local queue: this thread may be busy for long, or wait for that very work item.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                return;
            }

            _isAwaited = false;
            _core.RunContinuationsAsynchronously = !_endsAtOnce;
        }

        _core.SetException(new OperationCanceledException(cancellationToken));
    }
}
