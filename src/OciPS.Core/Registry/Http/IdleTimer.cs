// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry.Http;

/// <summary>Ends a transfer in which nothing happens for too long.</summary>
internal sealed class IdleTimer : IDisposable
{
    private readonly RegistryOptions _options;
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;

    public IdleTimer(RequestTiming timing, CancellationToken cancellationToken)
    {
        _options = timing.Options;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _timer = timing.Clock.CreateTimer(
            static source => Cancel((CancellationTokenSource)source!), _source, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long the last wait is, or was.</summary>
    public TimeSpan Waited { get; private set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Begins to wait for an answer.</summary>
    public void Start() => Start(_options.IdleTimeout);

    /// <summary>Begins to wait for more of an answer.</summary>
    public void AwaitBody() => Start(_options.BodyTimeout);

    /// <summary>Begins to wait for the registry to store what it was sent.</summary>
    /// <param name="bytes">How much that is.</param>
    public void AwaitCommit(long bytes) => Start(_options.CommitTimeout(bytes));

    /// <summary>Waits for the registry no longer.</summary>
    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private void Start(TimeSpan timeout)
    {
        Waited = timeout;
        _timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The transfer ended at the same moment.
        }
    }
}
