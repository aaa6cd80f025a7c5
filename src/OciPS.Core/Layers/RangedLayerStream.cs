// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers.Listings;

namespace OciPS.Layers;

/// <summary>A layer as it is stored, from a block on, fetched part by part as far as it is needed.</summary>
/// <param name="layer">The layer, with its size.</param>
/// <param name="hashes">What its blocks are; null if what is in them is checked in another way.</param>
/// <param name="begin">Where to begin; where a block does.</param>
internal sealed class RangedLayerStream(Layer layer, BlockHashes? hashes, long begin) : ForwardStream
{
    private readonly Queue<Stream> _parts = [];
    private long _asked;

    /// <summary>The end of what was asked for so far.</summary>
    public long End { get; private set; } = begin;

    /// <summary>Asks for more, up to a position and as much again as was asked for so far: few requests, and little for nothing.</summary>
    /// <returns>False if the store has only the whole layer to give.</returns>
    public async Task<bool> TryExtendAsync(long end, CancellationToken cancellationToken)
    {
        if (end <= End)
        {
            return true;
        }

        end = Math.Min(layer.Size, Math.Max(end, End + _asked));
        end = hashes?.GetEnd(end) ?? end;
        if (await layer.TryOpenPartAsync(End, end - End, cancellationToken).ConfigureAwait(false) is not { } part)
        {
            return false;
        }

        layer.Log.Verbose($"{layer} is read from {End} to {end} of {layer.Size} bytes.");
        part = layer.ReportProgress(part, end - End);
        part = hashes is null ? part : new CheckedBlocksStream(part, hashes, End, end, layer.Name, AgainTo(end));
        _parts.Enqueue(new ReadAheadStream(part));
        _asked += end - End;
        End = end;
        return true;
    }

    // The rest of a part from a block on that came damaged, past what damaged it.
    private Func<long, CancellationToken, Task<Stream?>>? AgainTo(long end)
    {
        if (layer.DamageHandler is not { } onDamage)
        {
            return null;
        }

        return (begin, token) =>
        {
            onDamage();
            return layer.TryOpenPartAsync(begin, end - begin, token);
        };
    }

    public override int Read(Span<byte> buffer)
    {
        int count = 0;
        while (!buffer.IsEmpty && _parts.TryPeek(out Stream? part) && (count = part.Read(buffer)) == 0 && TryDrop())
        {
        }

        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = 0;
        while (!buffer.IsEmpty
            && _parts.TryPeek(out Stream? part)
            && (count = await part.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) == 0
            && TryDrop())
        {
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            while (_parts.TryDequeue(out Stream? part))
            {
                part.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    // The last one stays, to be read again when there is another.
    private bool TryDrop()
    {
        if (_parts.Count < 2)
        {
            return false;
        }

        _parts.Dequeue().Dispose();
        return true;
    }
}
