// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Layers.Listings;

namespace OciPS.Core.Tests.Layers.Listings;

/// <summary>Tables of contents that no layer of our tests has.</summary>
public sealed class TocParserTests
{
    [Fact]
    public async Task Parse_FileOfManyPieces_TakesTimeForEachOfThemOnce()
    {
        const int Pieces = 250_000;
        string digest = "sha256:" + new string('a', 64);
        var json = new StringBuilder();
        json.Append(
            CultureInfo.InvariantCulture,
            $$"""{"version":1,"entries":[{"name":"a","type":"reg","size":{{Pieces}}"""
                + $$""","offset":1,"chunkSize":1,"chunkDigest":"{{digest}}"}""");
        for (int piece = 1; piece < Pieces; piece++)
        {
            json.Append(
                CultureInfo.InvariantCulture,
                $$""",{"name":"a","type":"chunk","offset":{{piece + 1}},"chunkOffset":{{piece}}"""
                    + $$""","chunkSize":1,"chunkDigest":"{{digest}}"}""");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(json.Append("]}").ToString());

        // If each looked at all before it, this would take minutes.
        List<TocEntry> entries = await Task.Run(() => TocParser.Parse(bytes, Pieces + 1)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Pieces, Assert.Single(entries).Chunks.Count);
    }
}
