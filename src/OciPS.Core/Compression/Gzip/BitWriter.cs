// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Buffers.Binary;

namespace OciPS.Compression.Gzip;

/// <summary>Buffers bits, lowest first, until they are written to a stream.</summary>
internal sealed class BitWriter : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(256 * 1024);
    private int _length;
    private uint _partial;

    /// <summary>How many bits of the last, incomplete byte are written.</summary>
    public int Phase { get; private set; }

    /// <summary>Writes bits, 32 at most; the higher bits are zero.</summary>
    public void Write(uint bits, int count)
    {
        ulong all = _partial | ((ulong)bits << Phase);
        int total = Phase + count;
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), all);
        _length += total >> 3;
        Phase = total & 7;
        _partial = (uint)(all >> (total & ~7));
    }

    /// <summary>Completes the byte with zeros.</summary>
    public void AlignToByte() => Write(0, -Phase & 7);

    /// <summary>Writes whole bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (Phase != 0)
        {
            throw new InvalidOperationException("Bytes begin where a byte does.");
        }

        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Copies bits of other data; whole bytes where both have the same bit alignment.</summary>
    /// <param name="bytes">The bytes that contain the bits.</param>
    /// <param name="first">The first bit, 0 to 7.</param>
    /// <param name="count">The number of bits.</param>
    public void Copy(ReadOnlySpan<byte> bytes, int first, long count)
    {
        if (first != 0 && count > 0)
        {
            int head = (int)Math.Min(8 - first, count);
            Write(((uint)bytes[0] >> first) & ((1u << head) - 1), head);
            bytes = bytes[1..];
            count -= head;
        }

        int whole = (int)(count >> 3);
        if (Phase == 0)
        {
            WriteBytes(bytes[..whole]);
        }
        else
        {
            foreach (byte value in bytes[..whole])
            {
                Write(value, 8);
            }
        }

        int tail = (int)count & 7;
        if (tail > 0)
        {
            Write(bytes[whole] & ((1u << tail) - 1), tail);
        }
    }

    /// <summary>Writes the complete bytes to a stream.</summary>
    public async ValueTask FlushAsync(Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(_bytes.AsMemory(0, _length), cancellationToken).ConfigureAwait(false);
        _length = 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Reserve(int count)
    {
        if (_length + count > _bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
    }
}
