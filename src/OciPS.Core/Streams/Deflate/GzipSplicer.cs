// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.Streams.Deflate;

/// <summary>
/// Edits the decompressed content of gzip without compressing it anew: blocks stay bit for bit, but for what lies up to
/// 32 KiB behind an edit and may refer back to what goes. One member comes out.
/// </summary>
internal sealed class GzipSplicer : IDisposable
{
    private readonly Stream _compressed;
    private readonly IReadOnlyList<SpliceEdit> _edits;
    private readonly IReadOnlyList<SpliceHole> _holes;
    private readonly WriteBehindStream _output;
    private readonly WriteBehindStream _content;
    private readonly GzipDecoder _decoder = new();
    private readonly SpliceWriter _writer;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Crc32 _crc = new();
    private bool _hasHeader;
    private int _hole;
    private int _edit;
    private bool _isReplaced;
    private long _position;
    private long _length;

    /// <param name="compressed">The gzip, from its beginning; stays open.</param>
    /// <param name="edits">What to change, in order and without overlap.</param>
    /// <param name="output">Where the new gzip goes; stays open.</param>
    public GzipSplicer(Stream compressed, IReadOnlyList<SpliceEdit> edits, Stream output)
    {
        _compressed = compressed;
        _edits = edits;
        _holes = SpliceHole.Group(edits);
        _output = new WriteBehindStream(output.WriteAsync);
        _content = new WriteBehindStream(Digest);
        _writer = new SpliceWriter(_decoder);
    }

    private long NextHole => _hole < _holes.Count ? _holes[_hole].Start : long.MaxValue;

    private SpliceEdit? NextEdit => _edit < _edits.Count ? _edits[_edit] : null;

    /// <summary>Writes the new gzip.</summary>
    /// <returns>The digest of its decompressed bytes.</returns>
    /// <exception cref="InvalidDataException">The gzip is damaged or cut short, or ends before an edit.</exception>
    public async Task<Digest> RunAsync(CancellationToken cancellationToken)
    {
        _decoder.Inflater.Limit = NextHole;
        InflateEvent what;
        do
        {
            what = _decoder.Run();
            WriteGzipHeader();
            await SpliceAsync(what, cancellationToken).ConfigureAwait(false);
            await _writer.FlushAsync(_output, cancellationToken).ConfigureAwait(false);
            if (what == InflateEvent.NeedInput)
            {
                _decoder.Input.Supply(await _compressed.ReadAsync(_decoder.Input.Space(), cancellationToken).ConfigureAwait(false));
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
        _hash.Dispose();
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
                _decoder.Inflater.Limit = _holes[_hole].Resume;
                await TakeAsync(_decoder.Position, cancellationToken).ConfigureAwait(false);
                break;
            case InflateEvent.Limit:
                await TakeAsync(_decoder.Position, cancellationToken).ConfigureAwait(false);
                _hole++;
                _decoder.Inflater.Limit = NextHole;
                _writer.EndEncoding();
                break;
            default:
                _writer.CopyBlock(what);
                await TakeAsync(_decoder.Position, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private void WriteGzipHeader()
    {
        if (!_hasHeader && _decoder.FirstHeader is { } header)
        {
            _hasHeader = true;
            _writer.WriteBytes(header);
        }
    }

    /// <summary>Deals with the decompressed bytes up to a position: those that stay, and what comes in the place of others.</summary>
    private async ValueTask TakeAsync(long end, CancellationToken cancellationToken)
    {
        while (_position < end)
        {
            SpliceEdit? edit = NextEdit;
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

    private async ValueTask ReplaceAsync(SpliceEdit edit, CancellationToken cancellationToken)
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

    private void PassEdit(SpliceEdit edit)
    {
        if (_position == edit.End)
        {
            _edit++;
            _isReplaced = false;
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _length += bytes.Length;
        await _content.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        if (!_writer.IsKeeping)
        {
            _writer.Encode(bytes.Span);
        }
    }

    private async Task<Digest> EndAsync(CancellationToken cancellationToken)
    {
        // What comes behind the last byte.
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
        await _content.FinishAsync(cancellationToken).ConfigureAwait(false);
        byte[] trailer = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), (uint)_length);
        _writer.WriteBytes(trailer);
        await _writer.FlushAsync(_output, cancellationToken).ConfigureAwait(false);
        await _output.FinishAsync(cancellationToken).ConfigureAwait(false);
        return References.Digest.Finish(_hash);
    }

    private ValueTask Digest(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        _crc.Append(bytes.Span);
        return ValueTask.CompletedTask;
    }
}
