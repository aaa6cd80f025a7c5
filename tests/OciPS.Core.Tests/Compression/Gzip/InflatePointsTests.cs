// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Points from which gzip is decompressed without what comes before.</summary>
[Trait("Speed", "Slow")]
public sealed class InflatePointsTests
{
    [Fact]
    public void Enter_AnyPointOfAnyGzip_GivesTheRest()
    {
        int entered = 0;
        foreach (DeflateCorpus.Item item in DeflateCorpus.Instance.Items)
        {
            foreach (InflatePoint point in GetPoints(item.Gzip, 5000))
            {
                int start = (int)(point.Bit >> 3);
                using var rest = new GzipReadStream(new MemoryStream(item.Gzip, start, item.Gzip.Length - start), point);
                using var bytes = new MemoryStream();
                rest.CopyTo(bytes);

                Assert.True(item.Raw.AsSpan((int)point.Position).SequenceEqual(bytes.ToArray()), $"{item.Name} from {point.Position}");
                entered++;
            }
        }

        Assert.InRange(entered, 2000, int.MaxValue);
    }

    [Fact]
    public void Note_MoreThanFit_KeepsEvenDistances()
    {
        byte[] raw = [.. Enumerable.Range(1000, 40).SelectMany(DeflateCorpus.Archive)];
        // Of those ways, one that makes small blocks.
        byte[] gzip = PythonZlib.CompressAll([raw])[11];

        IReadOnlyList<InflatePoint> points = GetPoints(gzip, 1000);

        Assert.InRange(points.Count, InflatePoints.Most / 3, InflatePoints.Most);
        long[] distances = [.. points.Zip(points.Skip(1), (one, next) => next.Position - one.Position)];
        Assert.InRange(distances.Max(), 1, 3 * distances.Min());
        Assert.InRange(points[^1].Position, raw.Length - (3 * distances.Max()), raw.Length);
        Assert.All(points, point => Assert.InRange(point.Window.Length, 0, 32768));
    }

    private static IReadOnlyList<InflatePoint> GetPoints(byte[] gzip, long spacing)
    {
        var points = new InflatePoints(spacing);
        using var stream = new GzipReadStream(new MemoryStream(gzip)) { Points = points };
        stream.CopyTo(Stream.Null);
        return points.Points;
    }
}
