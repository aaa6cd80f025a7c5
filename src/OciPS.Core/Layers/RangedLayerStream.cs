// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers.Listings;

namespace OciPS.Layers;

/// <summary>A stored layer from a block on, downloaded in ranges as needed.</summary>
/// <param name="layer">The layer, with its size.</param>
/// <param name="hashes">The hashes of its blocks; null if the content is verified otherwise.</param>
/// <param name="begin">The start, at a block boundary.</param>
internal sealed class RangedLayerStream(Layer layer, BlockHashes? hashes, long begin) : ForwardStream
{
    private readonly Queue<Stream> _parts = [];
    private long _asked;

    /// <summary>The end of the requested ranges.</summary>
    public long End { get; private set; } = begin;

    /// <summary>Requests more, up to a position, and at least as much as requested so far: few requests, and little waste.</summary>
    /// <returns>False if the store supports no ranges.</returns>
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

    // Reopens the rest of a range after a damaged block, bypassing the source of the damage.
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

    // The last range is dropped only when there is another one.
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
