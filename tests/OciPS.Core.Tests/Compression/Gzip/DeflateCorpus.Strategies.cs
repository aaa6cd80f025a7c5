// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Compression.Gzip;

internal sealed partial class DeflateCorpus
{
    partial void AddStrategies(byte[][] archives)
    {
        foreach (byte[] archive in archives)
        {
            foreach (ZLibCompressionStrategy strategy in Enum.GetValues<ZLibCompressionStrategy>())
            {
                foreach (int level in new[] { 1, 6, 9 })
                {
                    _items.Add(new Item($".NET {strategy} {level}", Compress(archive, level, strategy), archive));
                }
            }
        }
    }

    private static byte[] Compress(byte[] raw, int level, ZLibCompressionStrategy strategy)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(
            compressed, new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy }))
        {
            gzip.Write(raw);
        }

        // .NET writes nothing for nothing.
        return raw.Length == 0 ? Tool.Filter(raw, "gzip") : compressed.ToArray();
    }
}
