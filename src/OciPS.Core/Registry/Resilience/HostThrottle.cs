// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Resilience;

/// <summary>
/// Bounds how many requests a registry gets at once: half as many after it said that it was too much, then slowly more again.
/// </summary>
/// <remarks>Additive increase, multiplicative decrease, as in TCP (RFC 5681).</remarks>
internal sealed class HostThrottle
{
    public const int MaximumRequests = 16;

    private readonly object _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private double _limit = MaximumRequests;
    private int _running;

    /// <summary>How many requests may run at once now.</summary>
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

    /// <summary>Goes by what the host answered.</summary>
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

    /// <summary>Waits for its turn; disposing of the result ends it.</summary>
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

    /// <summary>The registry said that it gets too much.</summary>
    public void SlowDown()
    {
        lock (_lock)
        {
            _limit = Math.Max(1, _limit / 2);
        }
    }

    /// <summary>The registry did what it was asked.</summary>
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
                // One that was given up while it waited takes no turn.
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
