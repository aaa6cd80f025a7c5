// SPDX-License-Identifier: MIT

using System.IO.Hashing;

namespace OciPS.Compression.Gzip;

/// <summary>Decompresses new blocks to verify that they decompress to the original.</summary>
internal sealed class DeflateVerifier : IDisposable
{
    private readonly BitReader _input = new(64 * 1024);
    private readonly InflateWindow _window = new();
    private readonly XxHash128 _hash = new();
    private readonly Inflater _inflater;
    private bool _isWrong;

    public DeflateVerifier() => _inflater = new Inflater(_input, _window);

    /// <summary>Decompresses bytes.</summary>
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

    /// <summary>Whether the decompressed data has this length and hash, and ends at the end of a block.</summary>
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
