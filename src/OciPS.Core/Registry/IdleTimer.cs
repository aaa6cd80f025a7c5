// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry;

/// <summary>Ends a transfer in which nothing happens for too long.</summary>
internal sealed class IdleTimer : IDisposable
{
    private readonly CancellationTokenSource _source;

    public IdleTimer(CancellationToken cancellationToken) => _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    public CancellationToken Token => _source.Token;

    /// <summary>Begins to wait for the registry.</summary>
    public void Start() => _source.CancelAfter(RetrySettings.IdleTimeout);

    /// <summary>Begins to wait for the registry to put away what it was sent.</summary>
    public void AwaitCommit() => _source.CancelAfter(RetrySettings.CommitTimeout);

    /// <summary>Waits for the registry no longer.</summary>
    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _source.Dispose();
}
