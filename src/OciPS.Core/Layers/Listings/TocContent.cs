// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;

namespace OciPS.Layers.Listings;

/// <summary>The content of a file from a table of contents, each chunk verified by its digest.</summary>
/// <param name="compressed">The compressed layer; stays open.</param>
/// <param name="position">The current position in it.</param>
/// <param name="chunks">The file's chunks.</param>
/// <param name="compression">Their compression.</param>
/// <param name="what">The layer's name, for messages.</param>
internal sealed class TocContent(
    Stream compressed, long position, IReadOnlyList<TocEntry.Chunk> chunks, LayerCompression compression, string what) : ForwardStream
{
    private readonly byte[] _passed = new byte[4096];
    private LimitedStream _member = new(compressed, chunks[0].Start - position, leaveOpen: true);
    private long _memberEnd = chunks[0].Start;
    private VerifyingStream? _chunk;
    private int _next;
    private bool _closed;

    /// <summary>The current position in the compressed layer.</summary>
    public long CompressedPosition => _memberEnd - _member.Left;

    public override long Length => chunks.Sum(chunk => chunk.Size);

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        while (!buffer.IsEmpty)
        {
            if (_chunk?.Read(buffer) is > 0 and var count)
            {
                return count;
            }

            if (_next == chunks.Count)
            {
                return 0;
            }

            while (_member.Read(_passed) > 0)
            {
            }

            Begin(chunks[_next++]);
        }

        return 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        while (!buffer.IsEmpty)
        {
            if (_chunk is not null && await _chunk.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                return count;
            }

            if (_next == chunks.Count)
            {
                return 0;
            }

            while (await _member.ReadAsync(_passed, cancellationToken).ConfigureAwait(false) > 0)
            {
            }

            Begin(chunks[_next++]);
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _closed = true;
            _chunk?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Begin(TocEntry.Chunk chunk)
    {
        _chunk?.Dispose();
        _member = new LimitedStream(compressed, chunk.End - chunk.Start, leaveOpen: true);
        _memberEnd = chunk.End;
        LayerDecompressor content = LayerDecompressor.Open(_member, compression, what);
        // The headers of the next entries are in the same member.
        _chunk = new VerifyingStream(
            new LimitedStream(content, chunk.Size), new Descriptor(MediaTypes.OciLayer, chunk.Digest, chunk.Size), what);
    }
}
