// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Resilience;

/// <summary>Limits the concurrent requests to a host: halves the limit when the host reports overload, then raises it slowly.</summary>
/// <remarks>Additive increase, multiplicative decrease, as in TCP (RFC 5681).</remarks>
internal sealed class HostThrottle
{
    public const int MaximumRequests = 16;

    private readonly object _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private double _limit = MaximumRequests;
    private int _running;

    /// <summary>The current limit of concurrent requests.</summary>
    public int Limit
    {
        get
        {
            lock (_lock)
            {
                return (int)_limit;
            }
        }
    }

    /// <summary>Adapts the limit to a response.</summary>
    public void Learn(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            SlowDown();
        }
        else if (response.IsSuccessStatusCode)
        {
            SpeedUp();
        }
    }

    /// <summary>Waits for a slot; disposing the result releases it.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_running < (int)_limit)
            {
                _running++;
                return new Turn(this);
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        CancellationTokenRegistration registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await using (registration.ConfigureAwait(false))
        {
            await turn.Task.ConfigureAwait(false);
        }

        return new Turn(this);
    }

    /// <summary>Lowers the limit after the host reported overload.</summary>
    public void SlowDown()
    {
        lock (_lock)
        {
            _limit = Math.Max(1, _limit / 2);
        }
    }

    /// <summary>Raises the limit after a success.</summary>
    public void SpeedUp()
    {
        lock (_lock)
        {
            _limit = Math.Min(MaximumRequests, _limit + (1 / _limit));
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _running--;
            while (_running < (int)_limit && _waiting.TryDequeue(out TaskCompletionSource? next))
            {
                // A request that was cancelled while waiting takes no slot.
                _running += next.TrySetResult() ? 1 : 0;
            }
        }
    }

    private sealed class Turn(HostThrottle throttle) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                throttle.Leave();
            }
        }
    }
}
