// SPDX-License-Identifier: MIT

using System.Runtime.ExceptionServices;

namespace OciPS.IO;

/// <summary>Buffers written bytes and processes them on another thread: hashing and sending overlap with producing the bytes.</summary>
/// <param name="consume">Processes the bytes, in order; on another thread once there are many.</param>
internal sealed class WriteBehindStream(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> consume) : WriteOnlyStream
{
    private readonly BufferRing _ring = new();
    private readonly CancellationTokenSource _stop = new();
    private Task? _pump;
    private volatile ExceptionDispatchInfo? _error;
    private Memory<byte> _current;
    private int _filled;
    private bool _disposed;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (NeedsBuffer())
            {
                _current = _ring.TakeFree();
            }

            buffer = buffer[Fill(buffer)..];
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!buffer.IsEmpty)
        {
            if (NeedsBuffer())
            {
                _current = await _ring.TakeFreeAsync(cancellationToken).ConfigureAwait(false);
            }

            buffer = buffer[Fill(buffer.Span)..];
        }
    }

    /// <summary>Waits until all written bytes were processed.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_pump is null)
        {
            await consume(_current[.._filled], cancellationToken).ConfigureAwait(false);
            return;
        }

        if (_filled > 0)
        {
            HandOver();
        }

        await _ring.TakeFreeAsync(cancellationToken).ConfigureAwait(false);
        _ring.HandOver(0);
        await _pump.WaitAsync(cancellationToken).ConfigureAwait(false);
        _error?.Throw();
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

            _ring.Dispose();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool NeedsBuffer()
    {
        if (!_current.IsEmpty && _filled == _current.Length)
        {
            HandOver();
        }

        _error?.Throw();
        return _current.IsEmpty;
    }

    private int Fill(ReadOnlySpan<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _current.Length - _filled);
        buffer[..count].CopyTo(_current.Span[_filled..]);
        _filled += count;
        return count;
    }

    private void HandOver()
    {
        _ring.HandOver(_filled);
        _pump ??= Task.Run(PumpAsync);
        (_current, _filled) = (default, 0);
    }

    private async Task PumpAsync()
    {
        ReadOnlyMemory<byte> bytes;
        while (!(bytes = await _ring.TakeFilledAsync(_stop.Token, endsAtOnce: true).ConfigureAwait(false)).IsEmpty)
        {
            try
            {
                // After an error, buffers are only returned, until the writer notices.
                if (_error is null)
                {
                    await consume(bytes, _stop.Token).ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // It is thrown where the bytes are written.
            catch (Exception error)
            {
                _error = ExceptionDispatchInfo.Capture(error);
            }
#pragma warning restore CA1031

            _ring.GiveBack();
        }
    }
}
