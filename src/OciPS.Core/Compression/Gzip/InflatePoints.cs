// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Collects points to decompress from, while gzip is read: a few, at distances that grow with the data.</summary>
/// <param name="spacing">The initial distance, in decompressed bytes.</param>
internal sealed class InflatePoints(long spacing)
{
    public const long SmallestSpacing = 1024 * 1024;

    /// <summary>The largest number of points: each costs 32 KiB.</summary>
    public const int Most = 64;

    // The usual ratio of a layer's decompressed to its compressed size.
    private const int LikelyRatio = 3;

    private readonly List<InflatePoint> _points = [];
    private long _spacing = spacing;
    private long _next;

    /// <summary>Creates a collection with distances that suit a layer.</summary>
    /// <param name="size">Its compressed size in bytes; 0 if unknown.</param>
    public static InflatePoints ForLayer(long size) => new(Math.Max(SmallestSpacing, size * LikelyRatio / Most));

    public IReadOnlyList<InflatePoint> Points => _points;

    /// <summary>The number of complete members.</summary>
    public int Members { get; private set; }

    /// <summary>The last block of the last complete member.</summary>
    public (long HeaderBit, long EndBit) FinalBlock { get; private set; }

    /// <summary>Records the start of a block.</summary>
    public void Note(Inflater inflater)
    {
        if (inflater.Block.Start < Math.Max(_next, _spacing))
        {
            return;
        }

        if (_points.Count == Most)
        {
            Thin();
        }

        if (inflater.Block.Start >= _next)
        {
            _points.Add(new InflatePoint(inflater.Block.HeaderBit, inflater.Block.Start, inflater.History.ToArray()));
            _next = inflater.Block.Start + _spacing;
        }
    }

    /// <summary>Records the end of a block.</summary>
    public void NoteEnd(in DeflateBlock block)
    {
        if (block.IsFinal)
        {
            Members++;
            FinalBlock = (block.HeaderBit, block.EndBit);
        }
    }

    private void Thin()
    {
        _spacing *= 2;
        long next = _spacing;
        _points.RemoveAll(point =>
        {
            bool goes = point.Position < next;
            next = goes ? next : point.Position + _spacing;
            return goes;
        });
        _next = next;
    }
}
