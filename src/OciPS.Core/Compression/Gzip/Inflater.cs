// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Decompresses a deflate stream (RFC 1951) piece by piece, and reports the positions of its blocks and tokens.</summary>
internal sealed partial class Inflater(BitReader input, InflateWindow window)
{
    // The longest token: a length and a distance of 15 bits each, with 5 and 13 extra bits.
    private const int MostTokenBits = 48;

    // In bytes, for the fast loop: the most that a turn reads, the input that has to be buffered for the last turn, and the most output.
    private const int TurnInput = 14;
    private const int FastInput = 40;
    private const int FastOutput = DeflateBlock.LongestMatch + 3;

    private readonly BlockHeaderReader _headers = new(input);
    private DeflateBlock _block;
    private State _state;
    private int _storedLeft;
    private long _tokenBit;
    private long _tokenStart;

    private enum State
    {
        Header,
        Stored,
        Compressed,
    }

    /// <summary>The current block.</summary>
    public ref readonly DeflateBlock Block => ref _block;

    /// <summary>The bytes that a block that begins here may refer back to.</summary>
    public ReadOnlyMemory<byte> History => window.Referable;

    /// <summary>The decompressed position to pause at: after the first token that reaches it.</summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Whether the position is inside a block.</summary>
    public bool IsInBlock => _state != State.Header;

    /// <summary>After a pause at the limit: the last point between two tokens that is not after the limit.</summary>
    public (long Bit, long Position) BeforeLimit => window.Position == Limit ? (input.BitPosition, Limit) : (_tokenBit, _tokenStart);

    /// <summary>Decodes until an event.</summary>
    public InflateEvent Run()
    {
        if (window.IsFull)
        {
            window.Slide();
        }

        return _state switch
        {
            State.Stored => RunStored(),
            State.Compressed => RunCompressed(),
            _ => window.Position >= Limit ? InflateEvent.Limit : ReadHeader(),
        };
    }

    private InflateEvent ReadHeader()
    {
        if (!input.HasBytes(BlockHeaderReader.MostBytes))
        {
            return InflateEvent.NeedInput;
        }

        _block = _headers.Read(window.Position);
        _storedLeft = _block.StoredLength;
        _state = _block.IsStored ? State.Stored : State.Compressed;
        return InflateEvent.BlockBegin;
    }

    private InflateEvent RunStored()
    {
        while (_storedLeft > 0)
        {
            if (window.Position >= Limit)
            {
                return InflateEvent.Limit;
            }

            if (window.IsFull)
            {
                return InflateEvent.WindowFull;
            }

            long most = Math.Min(Math.Min(_storedLeft, window.FullAt - window.End), Limit - window.Position);
            ReadOnlySpan<byte> bytes = input.TakeBytes((int)most);
            if (bytes.IsEmpty)
            {
                return InflateEvent.NeedInput;
            }

            bytes.CopyTo(window.Bytes.AsSpan(window.End));
            window.End += bytes.Length;
            _storedLeft -= bytes.Length;
        }

        return EndBlock();
    }

    private InflateEvent RunCompressed()
    {
        while (true)
        {
            if (window.Position >= Limit)
            {
                return InflateEvent.Limit;
            }

            if (window.IsFull)
            {
                return InflateEvent.WindowFull;
            }

            int end = (int)Math.Min(window.FullAt, Math.Max(0, window.IndexOf(Limit) - FastOutput));
            if (window.End < end && input.End - input.Position >= FastInput)
            {
                if (DecodeFast(end))
                {
                    return EndBlock();
                }

                continue;
            }

            if (!input.HasBits(MostTokenBits))
            {
                return InflateEvent.NeedInput;
            }

            _tokenBit = input.BitPosition;
            _tokenStart = window.Position;
            if (DecodeToken())
            {
                return EndBlock();
            }
        }
    }

    private InflateEvent EndBlock()
    {
        _state = State.Header;
        _block.EndBit = input.BitPosition;
        return InflateEvent.BlockEnd;
    }

    /// <summary>Decodes one token where the input may end or the limit may be reached.</summary>
    /// <returns>Whether the block ends.</returns>
    private bool DecodeToken()
    {
        uint entry = Lookup(_headers.Lengths, BlockHeaderReader.LengthBits);
        if ((entry & DeflateSymbols.Literal) != 0)
        {
            Use(entry);
            window.Bytes[window.End++] = (byte)(entry >> 16);
            return false;
        }

        if ((entry & DeflateSymbols.Exceptional) != 0)
        {
            if ((entry & DeflateSymbols.End) == 0)
            {
                throw InvalidCode();
            }

            Use(entry);
            return true;
        }

        int length = (int)Use(entry);
        entry = Lookup(_headers.Distances, BlockHeaderReader.DistanceBits);
        if ((entry & DeflateSymbols.Exceptional) != 0)
        {
            throw InvalidCode();
        }

        int distance = (int)Use(entry);
        if (distance > window.End - window.Start)
        {
            throw TooFarBack();
        }

        for (; length > 0; length--, window.End++)
        {
            window.Bytes[window.End] = window.Bytes[window.End - distance];
        }

        return false;
    }

    private uint Lookup(ReadOnlySpan<uint> entries, int firstBits)
    {
        uint entry = entries[(int)(input.Bits & ((1u << firstBits) - 1))];
        if ((entry & (DeflateSymbols.Literal | DeflateSymbols.SecondTable)) == DeflateSymbols.SecondTable
            && (entry & DeflateSymbols.Exceptional) != 0)
        {
            input.Require((byte)entry);
            input.Skip((byte)entry);
            entry = entries[(int)((entry >> 16) + (input.Bits & ((1u << (int)((entry >> 8) & 15)) - 1)))];
        }

        return entry;
    }

    /// <summary>Reads a code with its extra bits, and returns its value.</summary>
    private uint Use(uint entry)
    {
        int codeLength = (int)((entry >> 8) & 15);
        input.Require((byte)entry);
        input.Skip(codeLength);
        return ((entry & ~DeflateSymbols.Literal) >> 16) + input.Take((byte)entry - codeLength);
    }

    private static InvalidDataException InvalidCode() => new("there is an unassigned code");

    private static InvalidDataException TooFarBack() => new("a copy begins before the start of the data");
}
