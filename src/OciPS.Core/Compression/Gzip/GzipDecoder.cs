// SPDX-License-Identifier: MIT

using OciPS.IO.Hashing;

namespace OciPS.Compression.Gzip;

/// <summary>Decompresses gzip of one or more members piece by piece, and checks each member's header and trailer.</summary>
internal sealed class GzipDecoder : IDisposable
{
    private const int InputSize = 128 * 1024;
    private const int TrailerLength = 8;

    private readonly BitReader _input = new(InputSize);
    private readonly InflateWindow _window = new();
    private readonly GzipHeaderReader _header = new();
    private readonly Crc32 _crc = new();
    private readonly int _entryBit;
    private State _state = State.BetweenMembers;
    private bool _isPartial;
    private long _memberStart;
    private long _checked;
    private ulong _trailer;
    private int _trailerBytes;

    /// <param name="from">Where to start; null for the beginning. The input begins with the byte that contains the point.</param>
    public GzipDecoder(InflatePoint? from = null)
    {
        Inflater = new Inflater(_input, _window);
        if (from is not null)
        {
            _window.Begin(from.Position, from.Window.Span);
            (_state, _entryBit, _isPartial, _checked) = (State.Entry, (int)(from.Bit & 7), true, from.Position);
        }
    }

    private enum State
    {
        Entry,
        BetweenMembers,
        Header,
        Data,
        Trailer,
        Ended,
    }

    public BitReader Input => _input;

    public Inflater Inflater { get; }

    /// <summary>The number of bytes decompressed.</summary>
    public long Position => _window.Position;

    /// <summary>Whether the next step frees space in the window, which keeps only the last 32 KiB.</summary>
    public bool IsWindowFull => _window.IsFull;

    /// <summary>The header of the first member, for a spliced copy; null before it was read.</summary>
    public byte[]? FirstHeader { get; private set; }

    /// <summary>The decompressed bytes from a position on, which may be up to 32 KiB before the latest output.</summary>
    public ReadOnlyMemory<byte> From(long position) => _window.From(position);

    /// <summary>Decodes until an event.</summary>
    /// <exception cref="InvalidDataException">The data is damaged or truncated.</exception>
    public InflateEvent Run()
    {
        while (true)
        {
            switch (_state)
            {
                case State.Entry:
                    if (!_input.HasBytes(1))
                    {
                        return InflateEvent.NeedInput;
                    }

                    _input.Take(_entryBit);
                    _state = State.Data;
                    break;
                case State.BetweenMembers when _input.IsAtEnd:
                    _state = State.Ended;
                    break;
                case State.BetweenMembers or State.Header:
                    if (!ReadHeader())
                    {
                        return InflateEvent.NeedInput;
                    }

                    break;
                case State.Data:
                    return RunData();
                case State.Trailer:
                    if (!ReadTrailer())
                    {
                        return InflateEvent.NeedInput;
                    }

                    break;
                default:
                    return InflateEvent.End;
            }
        }
    }

    /// <summary>Continues at a later point, up to which the input was skipped.</summary>
    public void Enter(InflatePoint point) => Jump(point.Position, point.Window.Span);

    /// <summary>Continues with the trailer of a member, up to which the input was skipped.</summary>
    /// <param name="position">The size of the decompressed data up to there, skipped data included.</param>
    public void EnterTrailer(long position)
    {
        Jump(position, []);
        _input.AlignToByte();
        _state = State.Trailer;
    }

    public void Dispose()
    {
        _input.Dispose();
        _window.Dispose();
    }

    private void Jump(long position, ReadOnlySpan<byte> window)
    {
        _window.Begin(position, window);
        (_checked, _isPartial) = (position, true);
    }

    private InflateEvent RunData()
    {
        InflateEvent what = Inflater.Run();
        _crc.Append(_window.From(_checked).Span);
        _checked = _window.Position;
        if (what == InflateEvent.BlockEnd && Inflater.Block.IsFinal)
        {
            _input.AlignToByte();
            _state = State.Trailer;
        }

        return what;
    }

    private bool ReadHeader()
    {
        // The end of the input is known only after a read that returned nothing.
        while (_input.TryTakeByte(out byte value))
        {
            _state = State.Header;
            if (_header.Add(value))
            {
                FirstHeader ??= _header.ToBytesWithoutExtra();
                _header.Reset();
                _window.Forget();
                _memberStart = _window.Position;
                _state = State.Data;
                return true;
            }
        }

        return false;
    }

    private bool ReadTrailer()
    {
        while (_trailerBytes < TrailerLength)
        {
            if (!_input.TryTakeByte(out byte value))
            {
                return false;
            }

            _trailer |= (ulong)value << (8 * _trailerBytes++);
        }

        // Skipped data cannot be checked.
        if (!_isPartial && ((uint)_trailer != _crc.Value || (uint)(_trailer >> 32) != (uint)(_window.Position - _memberStart)))
        {
            throw new InvalidDataException("the data is not what its checksum says");
        }

        _crc.Reset();
        (_trailer, _trailerBytes, _isPartial, _state) = (0, 0, false, State.BetweenMembers);
        return true;
    }
}
