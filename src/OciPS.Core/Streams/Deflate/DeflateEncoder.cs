// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.IO.Hashing;

namespace OciPS.Streams.Deflate;

/// <summary>Compresses what cannot stay as it was, without reference to anything else, and decompresses it again to see whether it comes out.</summary>
internal sealed class DeflateEncoder : IDisposable
{
    private readonly BitWriter _output;
    private readonly Verifier _verifier = new();
    private readonly XxHash128 _hash = new();
    private readonly DeflateStream _deflate;
    private long _length;
    private bool _isFinished;

    /// <param name="output">Where the blocks go; it stands at the beginning of a byte, and does so again at the end.</param>
    public DeflateEncoder(BitWriter output)
    {
        _output = output;
        _deflate = new DeflateStream(new Sink(this), CompressionLevel.Optimal);
    }

    /// <summary>Whether nothing came yet.</summary>
    public bool IsEmpty => _length == 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsEmpty)
        {
            _output.AlignTo(0);
        }

        _length += bytes.Length;
        _hash.Append(bytes);
        _deflate.Write(bytes);
    }

    /// <summary>Ends the blocks where a byte ends; none of them is final.</summary>
    /// <exception cref="InvalidContentException">What was compressed does not come out as it was.</exception>
    public void Finish()
    {
        if (IsEmpty)
        {
            return;
        }

        // What is flushed ends with an empty stored block; what disposing writes would be the final block.
        _deflate.Flush();
        _output.AlignToByte();
        if (!_verifier.Has(_length, _hash))
        {
            throw new InvalidContentException(
                ErrorIds.InvalidCompression,
                "A part of a layer was compressed anew and does not come out as it was. Nothing was written; run it again, with -Recompress if that happens again.");
        }

        _isFinished = true;
    }

    public void Dispose()
    {
        _isFinished = true;
        _deflate.Dispose();
        _verifier.Dispose();
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

    /// <summary>Decompresses again.</summary>
    private sealed class Verifier : IDisposable
    {
        private readonly BitReader _input = new(64 * 1024);
        private readonly InflateWindow _window = new();
        private readonly XxHash128 _hash = new();
        private readonly Inflater _inflater;
        private bool _isWrong;

        public Verifier() => _inflater = new Inflater(_input, _window);

        public void Write(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty && !_isWrong)
            {
                Span<byte> space = _input.Space().Span;
                int count = Math.Min(space.Length, bytes.Length);
                bytes[..count].CopyTo(space);
                bytes = bytes[count..];
                _input.Supply(count);
                Decompress();
            }
        }

        public bool Has(long length, XxHash128 hash)
        {
            _input.Supply(0);
            while (!_input.IsAtEnd && !_isWrong)
            {
                Decompress();
            }

            return !_isWrong && !_inflater.IsInBlock && _window.Position == length && _hash.GetCurrentHashAsUInt128() == hash.GetCurrentHashAsUInt128();
        }

        public void Dispose()
        {
            _input.Dispose();
            _window.Dispose();
        }

        private void Decompress()
        {
            try
            {
                InflateEvent what;
                do
                {
                    long before = _window.Position;
                    what = _inflater.Run();
                    _hash.Append(_window.From(before).Span);
                }
                while (what != InflateEvent.NeedInput && !(what == InflateEvent.BlockEnd && _input.IsAtEnd));
            }
            catch (InvalidDataException)
            {
                _isWrong = true;
            }
        }
    }
}
