// SPDX-License-Identifier: MIT

using System.IO.Hashing;

namespace OciPS.Compression.Gzip;

/// <summary>Decompresses blocks that were just made, to see whether what went in comes out.</summary>
internal sealed class DeflateVerifier : IDisposable
{
    private readonly BitReader _input = new(64 * 1024);
    private readonly InflateWindow _window = new();
    private readonly XxHash128 _hash = new();
    private readonly Inflater _inflater;
    private bool _isWrong;

    public DeflateVerifier() => _inflater = new Inflater(_input, _window);

    /// <summary>Takes compressed bytes.</summary>
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

    /// <summary>Whether all that came out has this length and this hash, and ends where a block ends.</summary>
    public bool Has(long length, XxHash128 hash)
    {
        _input.Supply(0);
        while (!_input.IsAtEnd && !_isWrong)
        {
            Decompress();
        }

        return !_isWrong
            && !_inflater.IsInBlock
            && _window.Position == length
            && _hash.GetCurrentHashAsUInt128() == hash.GetCurrentHashAsUInt128();
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
