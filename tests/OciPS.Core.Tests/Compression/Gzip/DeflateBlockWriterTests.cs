// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.IO.Hashing;
using OciPS.Compression.Gzip;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Compression.Gzip;

public sealed class DeflateBlockWriterTests
{
    [PeerFact("python3")]
    public async Task AlignTo_AnyBitFromAnyBit_IsNothingForZlib()
    {
        var streams = new List<byte[]>();
        for (int from = 0; from < 8; from++)
        {
            for (int to = 0; to < 8; to++)
            {
                using var output = new BitWriter();
                output.AlignTo(from);
                Assert.Equal(from, output.Phase);
                output.AlignTo(to);
                Assert.Equal(to, output.Phase);
                output.WriteEnd();
                using var bytes = new MemoryStream();
                await output.FlushAsync(bytes, CancellationToken.None);
                streams.Add(bytes.ToArray());
            }
        }

        Assert.All(PythonZlib.InflateAll(streams), content => Assert.True(content is { Length: 0 }));
    }

    [PeerFact("python3")]
    public async Task WriteEnd_NothingBefore_IsTheShortestStream()
    {
        using var output = new BitWriter();
        output.WriteEnd();
        using var bytes = new MemoryStream();
        await output.FlushAsync(bytes, CancellationToken.None);

        Assert.Equal([3, 0], bytes.ToArray());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Verifier_WhatWentInAndWhatCameOut_AreCompared(int damage, bool expected)
    {
        byte[] content = Sample.Text(200_000);
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal))
        {
            deflate.Write(content);
            deflate.Flush();
            byte[] blocks = compressed.ToArray();
            var hash = new XxHash128();
            hash.Append(content);
            using var verifier = new DeflateVerifier();

            blocks = damage switch
            {
                1 => Sample.Flip(blocks, blocks.Length * 4),
                2 => blocks[..^6],
                _ => blocks,
            };
            foreach (byte[] piece in blocks.Chunk(1000))
            {
                verifier.Write(piece);
            }

            Assert.Equal(expected, verifier.Has(content.Length - (damage == 3 ? 1 : 0), hash));
        }
    }
}
