// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Compression.Gzip;
using OciPS.Manifests;

namespace OciPS.Layers.Listings;

/// <summary>The points where reading a layer can start, and the hashes to verify what is read.</summary>
internal sealed class SeekIndex
{
    // How far a decoder reads ahead before it returns the bytes before a point.
    private const int Ahead = BlockHeaderReader.MostBytes + 8;

    private readonly (long Bit, long Position)[] _points;
    private readonly Func<int, ReadOnlyMemory<byte>> _getWindow;

    /// <param name="compression">The layer's compression.</param>
    /// <param name="hashes">The hashes of its blocks.</param>
    /// <param name="points">The points where reading can start, besides the layer's beginning.</param>
    /// <param name="getWindow">Returns the window of a point, by its index.</param>
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

    /// <summary>Whether reading can start at points.</summary>
    public bool IsUsable => Hashes.IsWhole && LayerCodecs.For(Compression).OpenReadAt is not null;

    /// <summary>The index of the last point at or before a decompressed position.</summary>
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

    /// <summary>The end of the range of the stored layer that contains all bytes before a decompressed position.</summary>
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
