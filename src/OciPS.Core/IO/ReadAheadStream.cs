// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace OciPS.IO;

/// <summary>Reads a stream ahead on another thread: downloading and checking overlap with decompressing.</summary>
internal sealed class ReadAheadStream(Stream inner) : ForwardStream
{
    private readonly BufferRing _ring = new();
    private readonly CancellationTokenSource _stop = new();
    private Task? _pump;
    private ExceptionDispatchInfo? _error;
    private ReadOnlyMemory<byte> _current;
    private bool _holdsBuffer;
    private bool _ended;
    private bool _disposed;

    public override int Read(Span<byte> buffer)
    {
        if (NeedsBuffer(buffer.IsEmpty))
        {
            Taken(_ring.TakeFilled());
        }

        return Take(buffer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A cancelled read fails even if data is buffered.
        cancellationToken.ThrowIfCancellationRequested();
        if (NeedsBuffer(buffer.IsEmpty))
        {
            Taken(await _ring.TakeFilledAsync(cancellationToken).ConfigureAwait(false));
        }

        return Take(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _stop.Cancel();
            if (_pump is not null)
            {
                BackgroundWork.Join(_pump);
            }

            inner.Dispose();
            _ring.Dispose();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool NeedsBuffer(bool nothingAskedFor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_current.IsEmpty || _ended || nothingAskedFor)
        {
            return false;
        }

        _pump ??= Task.Run(PumpAsync);
        if (_holdsBuffer)
        {
            _holdsBuffer = false;
            _ring.GiveBack();
        }

        return true;
    }

    private void Taken(ReadOnlyMemory<byte> bytes)
    {
        _current = bytes;
        _holdsBuffer = true;
        _ended = bytes.IsEmpty;
    }

    private int Take(Span<byte> buffer)
    {
        if (_ended)
        {
            _error?.Throw();
        }

        int count = Math.Min(buffer.Length, _current.Length);
        _current.Span[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    private async Task PumpAsync()
    {
        int count = 0;
        do
        {
            try
            {
                Memory<byte> buffer = await _ring.TakeFreeAsync(_stop.Token, endsAtOnce: true).ConfigureAwait(false);
                count = 0;
                count = await inner.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // It is thrown where the bytes are read.
            catch (Exception error)
            {
                _error = ExceptionDispatchInfo.Capture(error);
                count = 0;
            }
#pragma warning restore CA1031

            _ring.HandOver(count);
        }
        while (count > 0);
    }
}
