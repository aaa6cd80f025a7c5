// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.IO;

namespace OciPS.Compression.Gzip;

/// <summary>Decompresses gzip of one or more members; throws if data is damaged, truncated or followed by other data.</summary>
/// <param name="compressed">The gzip; disposed with this stream.</param>
/// <param name="from">Where to start; null for the beginning.</param>
internal sealed class GzipReadStream(Stream compressed, InflatePoint? from = null) : ForwardStream
{
    private readonly GzipDecoder _decoder = new(from);
    private long _taken = from?.Position ?? 0;

    /// <summary>Collects points from which later reads can start; null for none.</summary>
    public InflatePoints? Points { get; set; }

    public override int Read(Span<byte> buffer)
    {
        while (NeedsInput(buffer.Length))
        {
            _decoder.Input.Supply(compressed.Read(_decoder.Input.Space().Span));
        }

        return Take(buffer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A cancelled read fails even if data is buffered.
        cancellationToken.ThrowIfCancellationRequested();
        while (NeedsInput(buffer.Length))
        {
            _decoder.Input.Supply(await compressed.ReadAsync(_decoder.Input.Space(), cancellationToken).ConfigureAwait(false));
        }

        return Take(buffer.Span);
    }

    /// <summary>Decompresses like a read, and discards the output.</summary>
    public override async ValueTask<int> SkipAsync(int most, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (NeedsInput(most))
        {
            _decoder.Input.Supply(await compressed.ReadAsync(_decoder.Input.Space(), cancellationToken).ConfigureAwait(false));
        }

        int count = (int)Math.Min(most, _decoder.Position - _taken);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            compressed.Dispose();
            _decoder.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Decompresses until the wanted number of bytes is available, or more input is needed.</summary>
    private bool NeedsInput(int wanted)
    {
        while (_decoder.Position - _taken < wanted && (_decoder.Position == _taken || !_decoder.IsWindowFull))
        {
            switch (_decoder.Run())
            {
                case InflateEvent.NeedInput:
                    return _decoder.Position == _taken;
                case InflateEvent.BlockBegin:
                    Points?.Note(_decoder.Inflater);
                    break;
                case InflateEvent.BlockEnd:
                    Points?.NoteEnd(_decoder.Inflater.Block);
                    break;
                case InflateEvent.End:
                    return false;
            }
        }

        return false;
    }

    private int Take(Span<byte> buffer)
    {
        ReadOnlySpan<byte> bytes = _decoder.From(_taken).Span;
        int count = Math.Min(bytes.Length, buffer.Length);
        bytes[..count].CopyTo(buffer);
        _taken += count;
        return count;
    }
}
