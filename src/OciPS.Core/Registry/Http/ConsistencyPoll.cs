// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Http;

/// <summary>Polls a registry for content that was just sent: some registries are eventually consistent.</summary>
internal sealed class ConsistencyPoll(TimeProvider time)
{
    /// <summary>How long to poll.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    /// <summary>Polls until the result is final or the time limit is reached; returns the last result.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> look, Func<T, bool> isFinal, CancellationToken cancellationToken)
    {
        long begin = time.GetTimestamp();
        TimeSpan wait = s_firstWait;
        while (true)
        {
            T seen = await look(cancellationToken).ConfigureAwait(false);
            TimeSpan left = Limit - time.GetElapsedTime(begin);
            if (left <= TimeSpan.Zero || isFinal(seen))
            {
                return seen;
            }

            await Task.Delay(wait < left ? wait : left, time, cancellationToken).ConfigureAwait(false);
            wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait;
        }
    }

    /// <summary>A token that is cancelled at the time limit.</summary>
    public CancellationTokenSource Begin() => new(Limit, time);
}
