// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry.Http;

/// <summary>Ends a transfer in which nothing happens for too long.</summary>
internal sealed class IdleTimer : IDisposable
{
    private readonly CancellationTokenSource _source;

    public IdleTimer(CancellationToken cancellationToken) => _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    /// <summary>How long was waited at last, or is.</summary>
    public TimeSpan Waited { get; private set; }

    public CancellationToken Token => _source.Token;

    /// <summary>Begins to wait for the registry.</summary>
    public void Start() => Start(RetrySettings.IdleTimeout);

    /// <summary>Begins to wait for the registry to store what it was sent.</summary>
    /// <param name="bytes">How much that is.</param>
    public void AwaitCommit(long bytes) => Start(RetrySettings.CommitTimeout(bytes));

    /// <summary>Waits for the registry no longer.</summary>
    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _source.Dispose();

    private void Start(TimeSpan timeout)
    {
        Waited = timeout;
        _source.CancelAfter(timeout);
    }
}
