// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Download;

/// <summary>
/// A download that goes on where it was when it breaks off. An answer that ends as it said is no break, however short it is.
/// </summary>
/// <param name="open">Opens the content at an offset.</param>
/// <param name="retry">Decides how often that may happen.</param>
/// <param name="what">What it is, for people.</param>
internal sealed class ResumingStream(Func<long, CancellationToken, Task<Stream>> open, RegistryRetry retry, string what) : ForwardStream
{
    private Stream? _current;
    private long _position;
    private long _resumedAt;
    private int _fruitless;

    /// <summary>Opens the content, so that what is wrong with it from the beginning is known now.</summary>
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
                // The silence in a long download that comes on is none that the operation has a bound for.
                error.Silence = HasProgress() ? null : error.Silence;
                // Where it does not come on, who asked for this is not to begin all of it again either.
                error.IsTransient = ComesOn();
                broken = error;
            }
        }

        return await retry.RunAsync(
            token =>
            {
                // The break itself is the first failure, so that each costs a wait out of what there is for all.
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

    // One that gives a byte each time, and then falls silent, would be waited for half a day.
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
