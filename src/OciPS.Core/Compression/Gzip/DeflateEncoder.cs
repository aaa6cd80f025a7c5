// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.IO.Hashing;
using OciPS.IO;

namespace OciPS.Compression.Gzip;

/// <summary>Compresses bytes without references to other data, and decompresses the result to verify it.</summary>
internal sealed class DeflateEncoder : IDisposable
{
    // The output depends on the sizes of the writes: fixed pieces make it independent of how the input arrives.
    private const int PieceSize = 32 * 1024;

    private readonly BitWriter _output;
    private readonly DeflateVerifier _verifier = new();
    private readonly XxHash128 _hash = new();
    private readonly DeflateStream _deflate;
    private readonly PooledBuffer _piece = new(PieceSize);
    private int _gathered;
    private long _length;
    private bool _isFinished;

    /// <param name="output">Receives the blocks; it is at a byte boundary, before and after.</param>
    public DeflateEncoder(BitWriter output)
    {
        _output = output;
        _deflate = new DeflateStream(new Sink(this), CompressionLevel.Optimal);
    }

    /// <summary>Whether nothing was written yet.</summary>
    public bool IsEmpty => _length == 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsEmpty)
        {
            _output.AlignTo(0);
        }

        _length += bytes.Length;
        _hash.Append(bytes);
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, PieceSize - _gathered);
            bytes[..count].CopyTo(_piece.Array.AsSpan(_gathered));
            _gathered += count;
            bytes = bytes[count..];
            if (_gathered == PieceSize)
            {
                CompressPiece();
            }
        }
    }

    /// <summary>Ends the blocks at a byte boundary; none of them is final.</summary>
    /// <exception cref="InvalidContentException">The compressed data does not decompress to the original.</exception>
    public void Finish()
    {
        if (IsEmpty)
        {
            return;
        }

        // A flush ends with an empty stored block; disposing would write a final block.
        CompressPiece();
        _deflate.Flush();
        _output.AlignToByte();
        if (!_verifier.Has(_length, _hash))
        {
            throw new InvalidContentException(
                ErrorIds.InvalidCompression,
                "A part of a layer was compressed again and does not decompress to the same content. Nothing was written.")
            {
                Remedy = Remedy.Recompress,
            };
        }

        _isFinished = true;
    }

    public void Dispose()
    {
        _isFinished = true;
        _deflate.Dispose();
        _verifier.Dispose();
        _piece.Dispose();
    }

    private void CompressPiece()
    {
        _deflate.Write(_piece.Array.AsSpan(0, _gathered));
        _gathered = 0;
    }

    private void Compressed(ReadOnlySpan<byte> bytes)
    {
        if (!_isFinished)
        {
            _output.WriteBytes(bytes);
            _verifier.Write(bytes);
        }
    }

    private sealed class Sink(DeflateEncoder encoder) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => encoder.Compressed(buffer);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            encoder.Compressed(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
