// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.Text;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Archives, each compressed in many ways.</summary>
internal sealed partial class DeflateCorpus
{
    private static readonly Lazy<DeflateCorpus> s_instance = new(() => new DeflateCorpus());

    private readonly List<Item> _items = [];

    private DeflateCorpus()
    {
        byte[][] archives = [.. Enumerable.Range(0, 16).Select(Archive), [], "x"u8.ToArray()];
        IReadOnlyList<byte[]> compressed = PythonZlib.CompressAll(archives);
        for (int i = 0; i < compressed.Count; i++)
        {
            _items.Add(new Item($"zlib {i % PythonZlib.Ways}", compressed[i], archives[i / PythonZlib.Ways]));
        }

        AddStrategies(archives);

        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Compression", "Gzip", "Corpus"), "*.gz")
            .Order())
        {
            byte[] bytes = File.ReadAllBytes(file);
            _items.Add(new Item(Path.GetFileName(file), bytes, Decompress(bytes)));
        }
    }

    public static DeflateCorpus Instance => s_instance.Value;

    public IReadOnlyList<Item> Items => _items;

    /// <summary>Content as layers have it: text, programs, zeros, noise and what repeats, in entries of any size.</summary>
    public static byte[] Archive(int seed)
    {
        var random = new Random(seed);
        var archive = new MemoryStream();
        int length = random.Next(4) == 0 ? random.Next(40_000) : random.Next(40_000, 180_000);
        while (archive.Length < length)
        {
            byte[] header = new byte[512];
            Encoding.ASCII.GetBytes($"usr/share/file{random.Next(1000)}").CopyTo(header, 0);
            archive.Write(header);
            archive.Write(Content(random));
            archive.SetLength((archive.Length + 511) / 512 * 512);
            archive.Position = archive.Length;
        }

        return archive.ToArray();
    }

    // Where .NET has a choice of strategies: from version 9.
    partial void AddStrategies(byte[][] archives);

    private static byte[] Content(Random random)
    {
        byte[] bytes = new byte[random.Next(3) == 0 ? random.Next(600) : random.Next(60_000)];
        switch (random.Next(6))
        {
            case 0:
                random.NextBytes(bytes);
                break;
            case 1:
                break;
            case 2:
                int period = random.Next(1, 40_000);
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = i < period ? (byte)random.Next(256) : bytes[i - period];
                }

                break;
            case 3:
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)"ACGT"[random.Next(4)];
                }

                break;
            default:
                for (int i = 0; i < bytes.Length;)
                {
                    byte[] word = Encoding.ASCII.GetBytes($"word{random.Next(random.Next(1, 2000))} ");
                    int count = Math.Min(word.Length, bytes.Length - i);
                    word.AsSpan(0, count).CopyTo(bytes.AsSpan(i));
                    i += count;
                }

                break;
        }

        return bytes;
    }

    private static byte[] Decompress(byte[] gzip)
    {
        using var raw = new MemoryStream();
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        stream.CopyTo(raw);
        return raw.ToArray();
    }

    /// <summary>One of them.</summary>
    public sealed record Item(string Name, byte[] Gzip, byte[] Raw);
}
