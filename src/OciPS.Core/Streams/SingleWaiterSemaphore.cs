// SPDX-License-Identifier: MIT

using System.Threading.Tasks.Sources;

namespace OciPS.Streams;

/// <summary>A semaphore that one at a time waits for: waiting allocates nothing, however often it is done.</summary>
internal sealed class SingleWaiterSemaphore : IValueTaskSource
{
    private readonly object _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private int _count;
    private bool _isAwaited;

    /// <param name="count">How often it can be passed at once.</param>
    public SingleWaiterSemaphore(int count) => _count = count;

    /// <summary>Waits until it can be passed.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
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
            _isAwaited = true;
            _registration = cancellationToken.UnsafeRegister(static (semaphore, token) => ((SingleWaiterSemaphore)semaphore!).Cancel(token), this);
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

    /// <summary>Lets it be passed once more.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_isAwaited)
            {
                _isAwaited = false;
                // Not waited for: who cancels may wait for the lock.
                _registration.Unregister();
                _core.SetResult(true);
                return;
            }

            _count++;
            Monitor.Pulse(_gate);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isAwaited)
            {
                _isAwaited = false;
                _core.SetException(new OperationCanceledException(cancellationToken));
            }
        }
    }
}
