// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Writes a deflate stream out of blocks of another one, bit for bit, and of parts that are recompressed.</summary>
/// <remarks>
/// A block is cut between two tokens: what is before ends with the block's own code for that, and what is behind gets the
/// block's header again. The final block is one of our own, so no other one stays final.
/// </remarks>
internal sealed class SpliceWriter(GzipDecoder decoder) : IDisposable
{
    private readonly BitWriter _output = new();
    private readonly byte[] _header = new byte[BlockHeaderReader.MostBytes];
    private DeflateEncoder? _encoder;
    private long _copied;

    /// <summary>Whether blocks stay as they are.</summary>
    public bool IsKeeping => _encoder is null;

    private ref readonly DeflateBlock Block => ref decoder.Inflater.Block;

    /// <summary>Writes bytes around the deflate stream.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => _output.WriteBytes(bytes);

    /// <summary>The decoder has read a block's header.</summary>
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

    /// <summary>Copies what the decoder has read of its block.</summary>
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

    /// <summary>Whether blocks can be copied without looking into them: bits lie in their bytes as they did.</summary>
    public bool IsInLine => IsKeeping && _output.Phase == (decoder.Input.BitPosition & 7);

    /// <summary>Copies what the decoder does not read, as far as it is in memory.</summary>
    public void CopyUnreadTo(long bit)
    {
        long from = decoder.Input.BitPosition;
        ReadOnlySpan<byte> bytes = decoder.Input.PassTo(bit);
        _output.Copy(bytes, (int)(from & 7), decoder.Input.BitPosition - from);
    }

    /// <summary>Copies the first bit of a block that the decoder does not read: no block stays final.</summary>
    public void CopyUnreadFinalBit()
    {
        decoder.Input.Take(1);
        _output.Write(0, 1);
    }

    /// <summary>The decoder has reached removed bytes: its block is cut before them.</summary>
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

    /// <summary>What follows is recompressed; the decoder does not stand in a block.</summary>
    public void BeginEncodingHere() => _encoder = new DeflateEncoder(_output);

    /// <summary>Recompresses bytes.</summary>
    public void Encode(ReadOnlySpan<byte> bytes) => _encoder!.Write(bytes);

    /// <summary>From here on, blocks stay as they are again.</summary>
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

    /// <summary>Writes the block's header for what it holds from a position on, up to the next limit.</summary>
    private void WriteHeader(long position, long bit)
    {
        _copied = bit;
        if (Block.IsStored)
        {
            _output.WriteStoredHeader((int)(Math.Min(Block.Start + Block.StoredLength, decoder.Inflater.Limit) - position));
            return;
        }

        // The header goes where the bits behind it will lie in their bytes as they did.
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
