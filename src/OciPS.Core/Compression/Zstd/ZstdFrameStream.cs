// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using OciPS.IO;

namespace OciPS.Compression.Zstd;

/// <summary>
/// Reads zstd frame by frame without skippable frames, and records the frames' positions. No read crosses the end of a frame.
/// </summary>
/// <remarks>RFC 8878, section 3.1. Nothing is decompressed here: block headers have the blocks' lengths.</remarks>
/// <param name="inner">The compressed data; stays open.</param>
/// <param name="rawPosition">Returns how many bytes were decompressed so far; called when a frame begins.</param>
internal sealed class ZstdFrameStream(Stream inner, Func<long> rawPosition) : ForwardStream
{
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const int BlockHeaderSize = 3;
    private const int ChecksumSize = 4;
    private const int MostFrameHeader = 18;

    private readonly PooledBuffer _buffer = new(128 * 1024);
    private readonly List<ZstdFrame> _frames = [];
    private State _state = State.Frame;
    private State _next;
    private long _base;
    private long _left;
    private int _start;
    private int _end;
    private bool _hasChecksum;
    private bool _ended;

    private enum State
    {
        Frame,
        Skipped,
        Block,
        Checksum,
        Body,
        FrameEnd,
    }

    /// <summary>The frames that were read; the last one may be incomplete.</summary>
    public IReadOnlyList<ZstdFrame> Frames => _frames;

    private int Available => _end - _start;

    public override int Read(Span<byte> buffer)
    {
        int count;
        while (!TryServe(buffer, out count))
        {
            Supplied(inner.Read(Space().Span));
        }

        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count;
        while (!TryServe(buffer.Span, out count))
        {
            Supplied(await inner.ReadAsync(Space(), cancellationToken).ConfigureAwait(false));
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _buffer.Dispose();
        }

        base.Dispose(disposing);
    }

    private Memory<byte> Space()
    {
        _buffer.Array.AsSpan(_start.._end).CopyTo(_buffer.Array);
        _base += _start;
        (_start, _end) = (0, Available);
        return _buffer.Memory[_end..];
    }

    private void Supplied(int count)
    {
        _end += count;
        _ended |= count == 0;
    }

    /// <summary>Serves buffered data; false if more input is needed.</summary>
    private bool TryServe(Span<byte> buffer, out int count)
    {
        count = 0;
        while (true)
        {
            switch (_state)
            {
                case State.Body when _left == 0:
                    _state = _next;
                    break;
                case State.Body:
                    count = (int)Math.Min(Math.Min(Available, buffer.Length), _left);
                    _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
                    Take(count);
                    return count > 0 || buffer.IsEmpty || NeedMore();
                case State.Skipped when _left > 0:
                    if (Available == 0)
                    {
                        return NeedMore();
                    }

                    Take((int)Math.Min(Available, _left));
                    break;
                case State.Skipped:
                    _state = State.Frame;
                    break;
                case State.FrameEnd:
                    _frames[^1] = _frames[^1] with { End = _base + _start };
                    _state = State.Frame;
                    break;
                case State.Frame when Available == 0 && _ended:
                    return true;
                case State.Checksum:
                    Expect(ChecksumSize, State.FrameEnd);
                    break;
                case State.Block:
                    if (Available < BlockHeaderSize)
                    {
                        return NeedMore();
                    }

                    BeginBlock();
                    break;
                default:
                    if (Available < MostFrameHeader && !_ended)
                    {
                        return false;
                    }

                    BeginFrame();
                    break;
            }
        }
    }

    /// <returns>Always false, for callers that return it.</returns>
    private bool NeedMore() => _ended ? throw CutShort() : false;

    private void Take(int count)
    {
        _start += count;
        _left -= count;
    }

    private void Expect(long length, State next) => (_left, _next, _state) = (length, next, State.Body);

    private void BeginFrame()
    {
        ReadOnlySpan<byte> bytes = _buffer.Array.AsSpan(_start.._end);
        if (bytes.Length < 8)
        {
            throw CutShort();
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if ((magic & 0xFFFF_FFF0) == SkippableMagic)
        {
            _start += 8;
            (_left, _state) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), State.Skipped);
            return;
        }

        if (magic != Magic)
        {
            throw new InvalidDataException("there is no frame where one should begin");
        }

        byte descriptor = bytes[4];
        bool isSingleSegment = (descriptor & 0x20) != 0;
        _hasChecksum = (descriptor & 4) != 0;
        int dictionary = (descriptor & 3) switch { 3 => 4, var flag => flag };
        int contentSize = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, var flag => 1 << flag };
        _frames.Add(new ZstdFrame(_base + _start, 0, rawPosition()));
        Expect(5 + (isSingleSegment ? 0 : 1) + dictionary + contentSize, State.Block);
    }

    private void BeginBlock()
    {
        int header = _buffer.Array[_start] | (_buffer.Array[_start + 1] << 8) | (_buffer.Array[_start + 2] << 16);
        bool isLast = (header & 1) != 0;
        int size = ((header >> 1) & 3) switch
        {
            1 => 1,
            3 => throw new InvalidDataException("a block is of an unknown type"),
            _ => header >> 3,
        };
        Expect(BlockHeaderSize + size, !isLast ? State.Block : _hasChecksum ? State.Checksum : State.FrameEnd);
    }

    private static EndOfStreamException CutShort() => new("the data ends in the middle of a frame");
}
