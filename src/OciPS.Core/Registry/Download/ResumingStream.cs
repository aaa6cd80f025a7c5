// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Download;

/// <summary>A download that resumes after a break. A response that ends as announced is not a break, however short it is.</summary>
/// <param name="open">Opens the content at an offset.</param>
/// <param name="retry">Decides how often the download is resumed.</param>
/// <param name="what">The name of the content in messages.</param>
internal sealed class ResumingStream(Func<long, CancellationToken, Task<Stream>> open, RegistryRetry retry, string what) : ForwardStream
{
    private Stream? _current;
    private long _position;
    private long _resumedAt;
    private int _fruitless;

    /// <summary>Opens the content, so that errors at its beginning are raised now.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken) => _current = await open(0, cancellationToken).ConfigureAwait(false);

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("Downloads are read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        RegistryException? broken = null;
        if (_current is { } current)
        {
            try
            {
                return Advance(await current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            }
            catch (RegistryException error) when (TransientFaults.IsTransient(error))
            {
                // Silence in a download that makes progress is not charged to the operation's budget.
                error.Silence = HasProgress() ? null : error.Silence;
                // Without progress, the caller must not repeat the whole operation either.
                error.IsTransient = ComesOn();
                broken = error;
            }
        }

        return await retry.RunAsync(
            token =>
            {
                // The break itself is the first failure, so each break takes its wait from the shared budget.
                RegistryException? first = Interlocked.Exchange(ref broken, null);
                return first is null ? ReadOnAsync(buffer, token) : Task.FromException<int>(first);
            },
            what,
            cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await DropAsync().ConfigureAwait(false);
        _current = await open(_position, cancellationToken).ConfigureAwait(false);
        return Advance(await _current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
    }

    private async Task DropAsync()
    {
        if (_current is { } broken)
        {
            _current = null;
            await broken.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Guards against slow-drip servers: one that sends a byte and then stops would be waited for half a day.
    private bool ComesOn()
    {
        _fruitless = HasProgress() ? 0 : _fruitless + 1;
        _resumedAt = _position;
        return _fruitless <= RegistryOptions.Attempts;
    }

    private bool HasProgress() => _position - _resumedAt >= RegistryOptions.LeastProgress;

    private int Advance(int count)
    {
        _position += count;
        return count;
    }
}
