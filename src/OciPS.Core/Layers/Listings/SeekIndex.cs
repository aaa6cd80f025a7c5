// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Compression.Gzip;
using OciPS.Manifests;

namespace OciPS.Layers.Listings;

/// <summary>Where a layer can be entered, and how to check what is read of it.</summary>
internal sealed class SeekIndex
{
    // What a decoder looks at before it gives out what comes before a point.
    private const int Ahead = BlockHeaderReader.MostBytes + 8;

    private readonly (long Bit, long Position)[] _points;
    private readonly Func<int, ReadOnlyMemory<byte>> _getWindow;

    /// <param name="compression">How the layer is compressed.</param>
    /// <param name="hashes">What its blocks are.</param>
    /// <param name="points">Where it can be entered, besides its beginning.</param>
    /// <param name="getWindow">Gives the window of the point with that number.</param>
    public SeekIndex(
        LayerCompression compression,
        BlockHashes hashes,
        IEnumerable<(long Bit, long Position)> points,
        Func<int,
        ReadOnlyMemory<byte>> getWindow)
    {
        Compression = compression;
        Hashes = hashes;
        _points = [(0, 0), .. compression == LayerCompression.None ? Evenly(hashes.Size) : points];
        _getWindow = getWindow;
    }

    public LayerCompression Compression { get; }

    public BlockHashes Hashes { get; }

    /// <summary>Whether the layer can be entered at all.</summary>
    public bool IsUsable => Hashes.IsWhole && LayerCodecs.For(Compression).OpenReadAt is not null;

    /// <summary>The number of the last point that is not behind a decompressed position.</summary>
    public int NumberBefore(long position)
    {
        int low = 0;
        int high = _points.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = _points[middle].Position <= position ? (middle, high) : (low, middle);
        }

        return low;
    }

    public InflatePoint GetPoint(int number) =>
        new(
            _points[number].Bit,
            _points[number].Position,
            number == 0 || Compression == LayerCompression.None ? default : _getWindow(number - 1));

    /// <summary>The end of what has to be read of the layer as it is stored, to have all before a decompressed position.</summary>
    public long GetEnd(long position)
    {
        int number = NumberBefore(position);
        number += _points[number].Position < position ? 1 : 0;
        return number < _points.Length ? Hashes.GetEnd(((_points[number].Bit + 7) >> 3) + Ahead) : Hashes.Size;
    }

    private static IEnumerable<(long Bit, long Position)> Evenly(long size)
    {
        long spacing = Math.Max(InflatePoints.SmallestSpacing, (size / InflatePoints.Most) + 1);
        for (long position = spacing; position < size; position += spacing)
        {
            yield return (position * 8, position);
        }
    }
}
