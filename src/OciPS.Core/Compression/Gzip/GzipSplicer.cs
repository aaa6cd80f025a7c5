// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.References;
using OciPS.Splicing;

namespace OciPS.Compression.Gzip;

/// <summary>
/// Edits the decompressed content of gzip without recompressing it: blocks are copied bit for bit, except up to 32 KiB after an edit, where
/// they may refer back to removed bytes. The result is one member.
/// </summary>
internal sealed class GzipSplicer : IDisposable
{
    private readonly Stream _compressed;
    private readonly IReadOnlyList<ByteEdit> _edits;
    private readonly IReadOnlyList<SpliceRegion> _regions;
    private readonly SpliceIndex? _shortcut;
    private readonly WriteBehindStream _output;
    private readonly ContentHasher _content = new();
    private readonly GzipDecoder _decoder = new();
    private readonly SpliceWriter _writer;
    private bool _hasHeader;
    private int _region;
    private int _edit;
    private bool _isReplaced;
    private long _position;

    /// <param name="compressed">The gzip, from its beginning; stays open.</param>
    /// <param name="edits">What to change, in order and without overlap.</param>
    /// <param name="output">Receives the new gzip; stays open.</param>
    /// <param name="shortcut">What is known of the old and the new gzip; null for nothing.</param>
    public GzipSplicer(Stream compressed, IReadOnlyList<ByteEdit> edits, Stream output, SpliceIndex? shortcut = null)
    {
        _compressed = compressed;
        _edits = edits;
        _regions = SpliceRegion.Group(edits);
        _output = new WriteBehindStream(output.WriteAsync);
        _shortcut = shortcut;
        _writer = new SpliceWriter(_decoder);
    }

    private long NextRegion => _region < _regions.Count ? _regions[_region].Start : long.MaxValue;

    private ByteEdit? NextEdit => _edit < _edits.Count ? _edits[_edit] : null;

    /// <summary>Writes the new gzip.</summary>
    /// <returns>The digest of its decompressed bytes.</returns>
    /// <exception cref="InvalidDataException">The gzip is damaged or truncated, or ends before an edit.</exception>
    public async Task<Digest> RunAsync(CancellationToken cancellationToken)
    {
        _decoder.Inflater.Limit = NextRegion;
        InflateEvent what;
        do
        {
            what = _decoder.Run();
            WriteGzipHeader();
            await SpliceAsync(what, cancellationToken).ConfigureAwait(false);
            await _writer.FlushAsync(_output, cancellationToken).ConfigureAwait(false);
            if (what == InflateEvent.BlockEnd && _shortcut is not null && _writer.IsInLine)
            {
                await TakeShortcutAsync(_shortcut, cancellationToken).ConfigureAwait(false);
            }
            else if (what == InflateEvent.NeedInput)
            {
                await SupplyAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        while (what != InflateEvent.End);

        return await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _output.Dispose();
        _content.Dispose();
        _writer.Dispose();
        _decoder.Dispose();
    }

    private async ValueTask SpliceAsync(InflateEvent what, CancellationToken cancellationToken)
    {
        switch (what)
        {
            case InflateEvent.BlockBegin:
                _writer.BeginBlock();
                break;
            case InflateEvent.Limit when _writer.IsKeeping:
                await TakeAsync(_decoder.Inflater.Limit, cancellationToken).ConfigureAwait(false);
                _writer.BeginEncoding();
                _decoder.Inflater.Limit = _regions[_region].Resume;
                await TakeAsync(_decoder.Position, cancellationToken).ConfigureAwait(false);
                break;
            case InflateEvent.Limit:
                await TakeAsync(_decoder.Position, cancellationToken).ConfigureAwait(false);
                _region++;
                _decoder.Inflater.Limit = NextRegion;
                _writer.EndEncoding();
                break;
            default:
                _writer.CopyBlock(what);
                await TakeAsync(_decoder.Position, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Continues near the next region: copies the data before it without decompressing it.</summary>
    private async ValueTask TakeShortcutAsync(SpliceIndex shortcut, CancellationToken cancellationToken)
    {
        if (_decoder.Inflater.Block.IsFinal)
        {
            return;
        }

        if (_region == _regions.Count)
        {
            await CopyUnreadToAsync(shortcut.FinalBlock.HeaderBit, cancellationToken).ConfigureAwait(false);
            _writer.CopyUnreadFinalBit();
            await CopyUnreadToAsync(shortcut.FinalBlock.EndBit, cancellationToken).ConfigureAwait(false);
            _decoder.EnterTrailer(shortcut.Length);
            _position = shortcut.Length;
        }
        else if (shortcut.LastBefore(NextRegion) is { } point && point.Bit > _decoder.Input.BitPosition)
        {
            await CopyUnreadToAsync(point.Bit, cancellationToken).ConfigureAwait(false);
            _decoder.Enter(point);
            _position = point.Position;
        }
    }

    private async ValueTask CopyUnreadToAsync(long bit, CancellationToken cancellationToken)
    {
        _writer.CopyUnreadTo(bit);
        while (_decoder.Input.BitPosition < bit)
        {
            await SupplyAsync(cancellationToken).ConfigureAwait(false);
            _writer.CopyUnreadTo(bit);
            await _writer.FlushAsync(_output, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SupplyAsync(CancellationToken cancellationToken)
    {
        if (_decoder.Input.HasEnded)
        {
            throw new InvalidDataException("the data ends before the place that is to be changed");
        }

        _decoder.Input.Supply(await _compressed.ReadAsync(_decoder.Input.Space(), cancellationToken).ConfigureAwait(false));
    }

    private void WriteGzipHeader()
    {
        if (!_hasHeader && _decoder.FirstHeader is { } header)
        {
            _hasHeader = true;
            _writer.WriteBytes(header);
        }
    }

    /// <summary>Processes the decompressed bytes up to a position: kept bytes, and replacements of others.</summary>
    private async ValueTask TakeAsync(long end, CancellationToken cancellationToken)
    {
        while (_position < end)
        {
            ByteEdit? edit = NextEdit;
            long stop = Math.Min(end, edit?.Start ?? end);
            if (_position < stop)
            {
                await WriteAsync(_decoder.From(_position)[..(int)(stop - _position)], cancellationToken).ConfigureAwait(false);
                _position = stop;
            }
            else
            {
                await ReplaceAsync(edit!, cancellationToken).ConfigureAwait(false);
                _position = Math.Min(end, edit!.End);
                PassEdit(edit);
            }
        }
    }

    private async ValueTask ReplaceAsync(ByteEdit edit, CancellationToken cancellationToken)
    {
        if (_isReplaced || edit.OpenReplacement is not { } open)
        {
            return;
        }

        _isReplaced = true;
        using var buffer = new PooledBuffer(128 * 1024);
        using Stream replacement = open();
        int count;
        while ((count = await replacement.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await WriteAsync(buffer.Memory[..count], cancellationToken).ConfigureAwait(false);
            await _writer.FlushAsync(_output, cancellationToken).ConfigureAwait(false);
        }
    }

    private void PassEdit(ByteEdit edit)
    {
        if (_position == edit.End)
        {
            _edit++;
            _isReplaced = false;
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_shortcut is null)
        {
            await _content.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        if (!_writer.IsKeeping)
        {
            _writer.Encode(bytes.Span);
        }
    }

    private async Task<Digest> EndAsync(CancellationToken cancellationToken)
    {
        // Insertions after the last byte.
        while (NextEdit is { } edit && edit.End == _position)
        {
            if (_writer.IsKeeping)
            {
                _writer.BeginEncodingHere();
            }

            await ReplaceAsync(edit, cancellationToken).ConfigureAwait(false);
            PassEdit(edit);
        }

        if (NextEdit is not null || !_hasHeader)
        {
            throw new InvalidDataException("the data ends before the place that is to be changed");
        }

        if (!_writer.IsKeeping)
        {
            _writer.EndEncoding();
        }

        _writer.WriteEnd();
        ContentDigests content = _shortcut?.Kept ?? await _content.FinishAsync(cancellationToken).ConfigureAwait(false);
        byte[] trailer = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, content.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), (uint)content.Length);
        _writer.WriteBytes(trailer);
        await _writer.FlushAsync(_output, cancellationToken).ConfigureAwait(false);
        await _output.FinishAsync(cancellationToken).ConfigureAwait(false);
        return content.Digest;
    }
}
