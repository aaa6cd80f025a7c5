// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Gathers points from which to decompress, while gzip is read: a few, in distances that grow with the data.</summary>
/// <param name="spacing">The distance to begin with.</param>
internal sealed class InflatePoints(long spacing)
{
    public const long SmallestSpacing = 1024 * 1024;

    /// <summary>How many there are at most: each costs 32 KiB.</summary>
    public const int Most = 64;

    // About what a layer decompresses to.
    private const int LikelyRatio = 3;

    private readonly List<InflatePoint> _points = [];
    private long _spacing = spacing;
    private long _next;

    /// <summary>In distances that suit a layer.</summary>
    /// <param name="size">How large it should be, compressed; 0 if that is not known.</param>
    public static InflatePoints ForLayer(long size) => new(Math.Max(SmallestSpacing, size * LikelyRatio / Most));

    public IReadOnlyList<InflatePoint> Points => _points;

    /// <summary>How many members came to their end.</summary>
    public int Members { get; private set; }

    /// <summary>The last block of the member that ended last.</summary>
    public (long HeaderBit, long EndBit) FinalBlock { get; private set; }

    /// <summary>Notes the start of a block.</summary>
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

    /// <summary>Notes the end of a block.</summary>
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
