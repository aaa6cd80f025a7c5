// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry.Http;

/// <summary>Cancels a transfer after too long without progress.</summary>
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

    /// <summary>The duration of the current or last wait.</summary>
    public TimeSpan Waited { get; private set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Starts to wait for a response.</summary>
    public void Start() => Start(_options.IdleTimeout);

    /// <summary>Starts to wait for more of a response.</summary>
    public void AwaitBody() => Start(_options.BodyTimeout);

    /// <summary>Starts to wait for the registry to store an upload.</summary>
    /// <param name="bytes">The number of bytes to store.</param>
    public void AwaitCommit(long bytes) => Start(_options.CommitTimeout(bytes));

    /// <summary>Stops waiting for the registry.</summary>
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
            // The transfer ended at the same time.
        }
    }
}
