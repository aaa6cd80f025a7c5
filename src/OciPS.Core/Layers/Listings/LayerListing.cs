// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.IO.Compression;
using OciPS.Compression.Gzip;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Layers.Listings;

/// <summary>The cached entries and seek points of a layer that was read before.</summary>
internal sealed class LayerListing
{
    private static readonly int s_hashSize = DigestAlgorithm.Sha256.Size;

    private readonly byte[] _content;
    private readonly PaxRecords[] _globals;
    private readonly int _windows;

    private LayerListing(byte[] content, BinaryReader end)
    {
        _content = content;
        MadeOn = new DateTime(end.ReadInt64(), DateTimeKind.Utc);
        Size = end.ReadInt64();
        Compression = (LayerCompression)end.ReadByte();
        DiffId = Digest.TryParse(end.ReadString(), out Digest diffId) ? diffId : default;
        Count = end.ReadInt32();
        _globals = new PaxRecords[end.ReadInt32()];
        for (int i = 0; i < _globals.Length; i++)
        {
            _globals[i] = PaxRecords.TryParse(ListingFormat.ReadBytes(end), out PaxRecords records)
                ? records
                : throw new InvalidDataException();
        }

        Map = ReadMap(end, out _windows);
    }

    /// <summary>The time when the read of the layer began.</summary>
    public DateTime MadeOn { get; }

    /// <summary>The layer's compressed size in bytes.</summary>
    public long Size { get; }

    /// <summary>The layer's compression.</summary>
    public LayerCompression Compression { get; }

    /// <summary>The digest of the decompressed layer; the default if unknown.</summary>
    public Digest DiffId { get; }

    /// <summary>The points where reading can start.</summary>
    public SeekIndex Map { get; }

    /// <summary>The number of entries.</summary>
    public int Count { get; }

    /// <summary>The entries in order; new objects on each call.</summary>
    public IEnumerable<TarEntry> Entries
    {
        get
        {
            using var input = new BinaryReader(
                new MemoryStream(_content, ListingFormat.Magic.Length, _content.Length - ListingFormat.Magic.Length));
            for (int ordinal = 0; input.ReadByte() == ListingFormat.EntryMark; ordinal++)
            {
                yield return ListingFormat.Read(input, ordinal, number => number == 0 ? PaxRecords.Empty : _globals[number - 1]);
            }
        }
    }

    /// <summary>Reads a file; null if it is incomplete, or of another version.</summary>
    public static LayerListing? TryOpen(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int length = content.Length - s_hashSize;
        if (length < ListingFormat.Magic.Length + sizeof(int) || !content.AsSpan().StartsWith(ListingFormat.Magic)
            || !DigestAlgorithm.Sha256.HashData(content.AsSpan(0, length)).AsSpan().SequenceEqual(content.AsSpan(length)))
        {
            return null;
        }

        int endSize = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(length - sizeof(int)));
        if (endSize < 0 || endSize > length - sizeof(int))
        {
            return null;
        }

        using var end = new BinaryReader(new MemoryStream(content, length - sizeof(int) - endSize, endSize));
        try
        {
            return new LayerListing(content, end);
        }
        catch (Exception error) when (error is IOException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private SeekIndex ReadMap(BinaryReader end, out int windowsAt)
    {
        var hashes = new BlockHashes(Size, ListingFormat.ReadBytes(end));
        var points = new (long Bit, long Position)[end.ReadInt32()];
        int[] lengths = new int[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = (end.ReadInt64(), end.ReadInt64());
            lengths[i] = end.ReadInt32();
        }

        windowsAt = end.ReadInt32();
        return new SeekIndex(Compression, hashes, points, number => GetWindow(lengths, number));
    }

    private byte[] GetWindow(int[] lengths, int number)
    {
        using var compressed = new MemoryStream(_content, _windows + lengths.Take(number).Sum(), lengths[number]);
        using var inflate = new DeflateStream(compressed, CompressionMode.Decompress);
        using var window = new MemoryStream(InflateWindow.History);
        inflate.CopyTo(window);
        return window.ToArray();
    }
}
