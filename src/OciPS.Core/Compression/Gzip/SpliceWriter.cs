// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Writes a deflate stream from blocks of another one, bit for bit, and from recompressed parts.</summary>
/// <remarks>
/// A block is split between two tokens: the first part is ended with the block's end-of-block code, the second part repeats the block's
/// header. A new final block is written, so no copied block is final.
/// </remarks>
internal sealed class SpliceWriter(GzipDecoder decoder) : IDisposable
{
    private readonly BitWriter _output = new();
    private readonly byte[] _header = new byte[BlockHeaderReader.MostBytes];
    private DeflateEncoder? _encoder;
    private long _copied;

    /// <summary>Whether blocks are copied unchanged.</summary>
    public bool IsKeeping => _encoder is null;

    private ref readonly DeflateBlock Block => ref decoder.Inflater.Block;

    /// <summary>Writes bytes around the deflate stream.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => _output.WriteBytes(bytes);

    /// <summary>Called when the decoder has read a block header.</summary>
    public void BeginBlock()
    {
        if (!Block.IsStored)
        {
            decoder.Input.GetBytes(Block.HeaderBit, Block.DataBit).CopyTo(_header);
        }

        if (IsKeeping)
        {
            WriteHeader(Block.Start, Block.DataBit);
        }
    }

    /// <summary>Copies the part of the block that the decoder has read.</summary>
    public void CopyBlock(InflateEvent what)
    {
        if (!IsKeeping)
        {
            return;
        }

        if (what == InflateEvent.BlockEnd)
        {
            CopyTo(Block.EndBit);
        }
        else if (decoder.Inflater.IsInBlock)
        {
            CopyTo(decoder.Input.BitPosition);
        }
    }

    /// <summary>Whether blocks can be copied without decoding: the bit alignment is unchanged.</summary>
    public bool IsInLine => IsKeeping && _output.Phase == (decoder.Input.BitPosition & 7);

    /// <summary>Copies data that the decoder skips, as far as it is buffered.</summary>
    public void CopyUnreadTo(long bit)
    {
        long from = decoder.Input.BitPosition;
        ReadOnlySpan<byte> bytes = decoder.Input.PassTo(bit);
        _output.Copy(bytes, (int)(from & 7), decoder.Input.BitPosition - from);
    }

    /// <summary>Copies the first bit of a block that the decoder skips, cleared: no copied block is final.</summary>
    public void CopyUnreadFinalBit()
    {
        decoder.Input.Take(1);
        _output.Write(0, 1);
    }

    /// <summary>Called when the decoder has reached removed bytes: splits its block before them.</summary>
    public void BeginEncoding()
    {
        (long bit, long position) = decoder.Inflater.BeforeLimit;
        if (decoder.Inflater.IsInBlock)
        {
            CopyTo(bit);
            if (!Block.IsStored)
            {
                _output.Write(Block.EndCode, Block.EndLength);
            }
        }

        BeginEncodingHere();
        Encode(decoder.From(position).Span[..(int)(decoder.Inflater.Limit - position)]);
    }

    /// <summary>Recompresses the bytes that follow; the decoder is not inside a block.</summary>
    public void BeginEncodingHere() => _encoder = new DeflateEncoder(_output);

    /// <summary>Recompresses bytes.</summary>
    public void Encode(ReadOnlySpan<byte> bytes) => _encoder!.Write(bytes);

    /// <summary>Copies blocks unchanged from here on.</summary>
    public void EndEncoding()
    {
        _encoder!.Finish();
        _encoder.Dispose();
        _encoder = null;
        if (decoder.Inflater.IsInBlock)
        {
            WriteHeader(decoder.Position, decoder.Input.BitPosition);
        }
    }

    /// <summary>Ends the deflate stream.</summary>
    public void WriteEnd() => _output.WriteEnd();

    public ValueTask FlushAsync(Stream output, CancellationToken cancellationToken) => _output.FlushAsync(output, cancellationToken);

    public void Dispose()
    {
        _encoder?.Dispose();
        _output.Dispose();
    }

    /// <summary>Repeats the block's header for its content from a position on, up to the next limit.</summary>
    private void WriteHeader(long position, long bit)
    {
        _copied = bit;
        if (Block.IsStored)
        {
            _output.WriteStoredHeader((int)(Math.Min(Block.Start + Block.StoredLength, decoder.Inflater.Limit) - position));
            return;
        }

        // The header is placed so that the bits after it keep their alignment.
        int length = (int)(Block.DataBit - Block.HeaderBit);
        _output.AlignTo((int)((bit - length) & 7));
        int first = (int)(Block.HeaderBit & 7) + 1;
        _output.Write(0, 1);
        _output.Copy(_header.AsSpan(first >> 3), first & 7, length - 1);
    }

    private void CopyTo(long bit)
    {
        if (bit > _copied)
        {
            _output.Copy(decoder.Input.GetBytes(_copied, bit), (int)(_copied & 7), bit - _copied);
            _copied = bit;
        }
    }
}
