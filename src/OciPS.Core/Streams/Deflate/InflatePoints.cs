// SPDX-License-Identifier: MIT

namespace OciPS.Streams.Deflate;

/// <summary>Gathers points from which to decompress, while gzip is read: a few, in distances that grow with the data.</summary>
/// <param name="spacing">The distance to begin with.</param>
internal sealed class InflatePoints(long spacing)
{
    public const long SmallestSpacing = 1024 * 1024;

    /// <summary>How many there are at most: each costs 32 KiB.</summary>
    public const int Most = 64;

    private readonly List<InflatePoint> _points = [];
    private long _spacing = spacing;
    private long _next;

    public IReadOnlyList<InflatePoint> Points => _points;

    /// <summary>Is told that a block begins.</summary>
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
