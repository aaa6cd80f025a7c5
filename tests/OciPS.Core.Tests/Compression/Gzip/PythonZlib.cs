// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Runs zlib itself, through Python: many pieces of data in one process.</summary>
internal static class PythonZlib
{
    private const string Frames = """
        import sys, struct, zlib
        def frames():
            while head := sys.stdin.buffer.read(4):
                yield sys.stdin.buffer.read(struct.unpack('<I', head)[0])
        def write(data):
            sys.stdout.buffer.write(struct.pack('<I', len(data)) + data)

        """;

    // Levels, strategies, small blocks, flushes in the middle, many members, and a header with everything.
    private const string Compress = """
        def deflate(raw, level, strategy, memory, flush, size):
            c = zlib.compressobj(level, zlib.DEFLATED, 31, memory, strategy)
            out = b''
            for at in range(0, len(raw), size):
                out += c.compress(raw[at:at + size])
                if flush:
                    out += c.flush(flush)
            return out + c.flush()
        def header(gz):
            head = b'\x1f\x8b\x08\x1e' + gz[4:10] + b'\x06\x00BC\x02\x00\x12\x34' + b'layer.tar\x00' + b'a comment\x00'
            return head + struct.pack('<H', zlib.crc32(head) & 0xffff) + gz[10:]
        for raw in frames():
            for level in range(10):
                write(deflate(raw, level, 0, 8, 0, 1 << 30))
            for strategy in (1, 2, 3, 4):
                write(deflate(raw, 6, strategy, 8, 0, 1 << 30))
                write(deflate(raw, 9, strategy, 1, 0, 1 << 30))
            for flush in (1, 2, 3, 5):
                write(deflate(raw, 6, 0, 8, flush, 9973))
                write(deflate(raw, 1, 0, 2, flush, 997))
            write(deflate(raw, 6, 4, 8, 2, 4099))
            write(header(deflate(raw, 6, 0, 8, 0, 1 << 30)))
            write(b''.join(deflate(raw[at:at + 30011], 6, 0, 8, 0, 1 << 30) for at in range(0, len(raw), 30011)) or deflate(raw, 6, 0, 8, 0, 1 << 30))
            write(deflate(b'', 6, 0, 8, 0, 1) + header(deflate(raw, 0, 0, 8, 0, 1 << 30)) + deflate(b'', 6, 0, 8, 0, 1))
        """;

    // What comes out, or a message: 0 and the bytes, or 1.
    private const string Decompress = """
        for data in frames():
            try:
                d = zlib.decompressobj(-15)
                out = d.decompress(data)
                write(b'\x00' + out if d.eof and not d.unused_data else b'\x01')
            except zlib.error:
                write(b'\x01')
        """;

    /// <summary>How many ways there are to compress a piece.</summary>
    public const int Ways = 30;

    /// <summary>Compresses each piece in many ways.</summary>
    public static IReadOnlyList<byte[]> CompressAll(IEnumerable<byte[]> pieces) => Run(Compress, pieces);

    /// <summary>Decompresses raw deflate streams; null for one that zlib refuses, or that ends before or behind its last block.</summary>
    public static IReadOnlyList<byte[]?> InflateAll(IEnumerable<byte[]> streams) =>
        [.. Run(Decompress, streams).Select(answer => answer[0] == 0 ? answer[1..] : null)];

    private static List<byte[]> Run(string script, IEnumerable<byte[]> inputs)
    {
        using var all = new MemoryStream();
        foreach (byte[] input in inputs)
        {
            all.Write(Length(input));
            all.Write(input);
        }

        ReadOnlySpan<byte> output = Tool.Filter(all.ToArray(), "python3", "-c", Frames + script);
        var frames = new List<byte[]>();
        while (!output.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(output);
            frames.Add(output.Slice(4, length).ToArray());
            output = output[(4 + length)..];
        }

        return frames;
    }

    private static byte[] Length(byte[] bytes)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return length;
    }
}
