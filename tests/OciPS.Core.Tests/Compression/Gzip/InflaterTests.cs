// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.Core.Tests.Support;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Our inflater gives what zlib gives, and refuses what zlib refuses.</summary>
public sealed class InflaterTests(ITestOutputHelper log)
{
    [PeerFact("python3", "gzip")]
    public void Run_WholeCorpus_IsTheOriginal()
    {
        int count = 0;
        foreach (DeflateCorpus.Item item in DeflateCorpus.Instance.Items.Where((_, index) => index % 4 == 0))
        {
            using var whole = new OciPS.Compression.Gzip.GzipReadStream(new MemoryStream(item.Gzip));
            using var raw = new MemoryStream();
            whole.CopyTo(raw, 50_000);

            Assert.True(raw.ToArray().AsSpan().SequenceEqual(item.Raw), item.Name);
            count++;
        }

        log.WriteLine($"{count} files");
    }

    [PeerFact("python3", "gzip")]
    public void Run_OneByteAtATime_IsTheOriginal()
    {
        foreach (DeflateCorpus.Item item in DeflateCorpus.Instance.Items.Where((_, index) => index % 37 == 0))
        {
            using var slow = new OciPS.Compression.Gzip.GzipReadStream(new OneByteStream(item.Gzip));
            using var raw = new MemoryStream();
            slow.CopyTo(raw, 1000);

            Assert.True(raw.ToArray().AsSpan().SequenceEqual(item.Raw), item.Name);
        }
    }

    [PeerFact("python3")]
    public void Run_AnyByteChanged_DoesAsZlib()
    {
        byte[][] originals = [
            Sample.Text(3000),
            DeflateCorpus.Archive(5)[..1500],
            Sample.Noise(300),
            new byte[2000],
            [.. Sample.Text(700), .. Sample.Noise(200), .. Sample.Text(700)]];
        var random = new Random(3);
        var streams = new List<byte[]>();
        foreach (byte[] gzip in PythonZlib.CompressAll(originals).Where(gzip => gzip[3] == 0 && gzip.Length < 4000))
        {
            byte[] deflate = gzip[10..^8];
            streams.Add(deflate);
            for (int at = 0; at < deflate.Length; at++)
            {
                byte[] changed = (byte[])deflate.Clone();
                changed[at] ^= (byte)random.Next(1, 256);
                streams.Add(changed);
            }

            streams.Add(deflate[..random.Next(deflate.Length)]);
            streams.Add([.. deflate, 0]);
        }

        Compare(streams);
    }

    // Noise rarely gets beyond the codes of its first block; these are where most rules are.
    [PeerFact("python3")]
    public void Run_Noise_DoesAsZlib()
    {
        var streams = new List<byte[]>();
        foreach (byte first in new byte[] { 0b101, 0b011, 0b001, 0b111, 0b100 })
        {
            for (int seed = 0; seed < 3000; seed++)
            {
                byte[] noise = Sample.Noise(80, (seed * 8) + first);
                noise[0] = (byte)((noise[0] & ~7) | first);
                streams.Add(noise);
            }
        }

        Compare(streams);
    }

    [PeerFact("python3")]
    public void Run_RulesOfTheFormat_DoesAsZlib()
    {
        var streams = new List<byte[]>();
        for (int distance = 0; distance < 32; distance++)
        {
            // One literal, a length of 3, a distance: in the fixed code, whose last two distances are not in use.
            streams.Add(Bits(output =>
            {
                output.Write(0b011, 3);
                Code(output, 0x91, 8);
                Code(output, 1, 7);
                Code(output, (uint)distance, 5);
                output.Write(0, Math.Max(0, (distance - 2) / 2));
                Code(output, 0, 7);
            }));
        }

        for (int symbol = 280; symbol < 288; symbol++)
        {
            streams.Add(Bits(output =>
            {
                output.Write(0b011, 3);
                Code(output, 0x91, 8);
                Code(output, (uint)(0xC0 + symbol - 280), 8);
                output.Write(0, symbol < 285 ? 5 : 0);
                Code(output, 0, 5);
                Code(output, 0, 7);
            }));
        }

        Compare(streams);
    }

    private void Compare(List<byte[]> streams)
    {
        IReadOnlyList<byte[]?> expected = PythonZlib.InflateAll(streams);
        int refused = 0;
        for (int i = 0; i < streams.Count; i++)
        {
            byte[]? whole = RawInflate.Run(streams[i], int.MaxValue);
            byte[]? pieces = RawInflate.Run(streams[i], i % 3 == 0 ? 1 : 7);
            refused += whole is null ? 1 : 0;

            Assert.True(
                Same(expected[i], whole), $"{i}: {Convert.ToHexString(streams[i])}: zlib: {expected[i]?.Length}, ours: {whole?.Length}");
            Assert.True(
                Same(expected[i], pieces),
                $"{i} in pieces: {Convert.ToHexString(streams[i])}: zlib: {expected[i]?.Length}, ours: {pieces?.Length}");
        }

        log.WriteLine($"{streams.Count} streams, of which {refused} are refused");
        Assert.InRange(refused, 1, streams.Count);
    }

    private static bool Same(byte[]? expected, byte[]? actual) =>
        expected is null ? actual is null : actual is not null && expected.AsSpan().SequenceEqual(actual);

    /// <summary>Codes stand with their first bit highest.</summary>
    private static void Code(BitWriter output, uint code, int length)
    {
        for (int bit = length - 1; bit >= 0; bit--)
        {
            output.Write((code >> bit) & 1, 1);
        }
    }

    private static byte[] Bits(Action<BitWriter> write)
    {
        using var output = new BitWriter();
        write(output);
        output.AlignToByte();
        using var bytes = new MemoryStream();
        output.FlushAsync(bytes, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return bytes.ToArray();
    }
}
