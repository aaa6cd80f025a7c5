// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.References;
using OciPS.Splicing;

namespace OciPS.Compression.Zstd;

/// <summary>
/// Edits the decompressed content of zstd with several frames: frames without edits are copied bit for bit, the rest of the others is
/// recompressed. Skippable frames are dropped: they describe the old data.
/// </summary>
/// <param name="open">Opens the compressed data from its beginning; called more than once.</param>
/// <param name="edits">What to change, in order and without overlap.</param>
/// <param name="level">The level for recompressed frames.</param>
internal sealed class ZstdSplicer(Func<CancellationToken, Task<Stream>> open, IReadOnlyList<ByteEdit> edits, int level = ZstdLevel.Usual)
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Whether there is more than one frame, so that some may be copied. Decompresses nothing.</summary>
    public async Task<bool> PaysAsync(CancellationToken cancellationToken)
    {
        using Stream compressed = await open(cancellationToken).ConfigureAwait(false);
        using var frames = new ZstdFrameStream(compressed, static () => 0);
        using var buffer = new PooledBuffer(BufferSize);
        while (frames.Frames.Count < 2 && await frames.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false) > 0)
        {
        }

        return frames.Frames.Count > 1;
    }

    /// <summary>Writes the new zstd.</summary>
    /// <returns>The digest of its decompressed bytes.</returns>
    public async Task<Digest> RunAsync(Stream output, CancellationToken cancellationToken)
    {
        (IReadOnlyList<ZstdFrame> frames, long rawLength, Digest digest) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        using Stream compressed = await open(cancellationToken).ConfigureAwait(false);
        using var reader = new SequentialReader(compressed);
        bool isEmpty = true;
        for (int first = 0, last; first < frames.Count; first = last + 1)
        {
            last = first;
            if (!IsTouched(frames, first, rawLength))
            {
                await reader.SkipToAsync(frames[first].Start, cancellationToken).ConfigureAwait(false);
                await reader.CopyToAsync(frames[first].End, output.WriteAsync, cancellationToken).ConfigureAwait(false);
                isEmpty = false;
                continue;
            }

            while (last + 1 < frames.Count && IsTouched(frames, last + 1, rawLength))
            {
                last++;
            }

            await reader.SkipToAsync(frames[first].Start, cancellationToken).ConfigureAwait(false);
            using var old = new LimitedStream(compressed, frames[last].End - frames[first].Start, leaveOpen: true);
            isEmpty &= !await TryRewriteAsync(
                old, frames[first].RawStart, RawEnd(frames, last, rawLength), output, cancellationToken).ConfigureAwait(false);
            reader.PassedTo(frames[last].End);
        }

        if (isEmpty)
        {
            await ZstdCodec.OpenWrite(output).DisposeAsync().ConfigureAwait(false);
        }

        // Reads to the end, so that all of it is checked.
        await compressed.CopyToAsync(Stream.Null, BufferSize, cancellationToken).ConfigureAwait(false);
        return digest;
    }

    private static long RawEnd(IReadOnlyList<ZstdFrame> frames, int number, long rawLength) =>
        number + 1 < frames.Count ? frames[number + 1].RawStart : rawLength;

    private bool IsTouched(IReadOnlyList<ZstdFrame> frames, int number, long rawLength)
    {
        (long start, long end) = (frames[number].RawStart, RawEnd(frames, number, rawLength));
        int first = FirstBehind(start);
        return first < edits.Count && edits[first].Start < end;
    }

    /// <summary>
    /// The index of the first edit that ends after a position. A binary search, since there may be as many edits as frames.
    /// </summary>
    private int FirstBehind(long position)
    {
        int low = 0;
        int high = edits.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = edits[middle].End > position ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>Decompresses everything once, for the frames' positions and the digest of the result.</summary>
    private async Task<(IReadOnlyList<ZstdFrame> Frames, long RawLength, Digest Digest)> ReadAsync(CancellationToken cancellationToken)
    {
        using Stream compressed = await open(cancellationToken).ConfigureAwait(false);
        FilteredHashStream? raw = null;
        using var frames = new ZstdFrameStream(compressed, () => raw!.BytesRead);
        using var hashed = new HashingWriteStream(Stream.Null);
        using (raw = new FilteredHashStream(ZstdCodec.OpenRead(frames), isDecided: true))
        {
            await StreamEditor.ApplyAsync(raw, edits, hashed, cancellationToken).ConfigureAwait(false);
            return (frames.Frames, raw.BytesRead, hashed.Finish());
        }
    }

    /// <summary>
    /// Writes the rest of some frames as a new frame, and verifies it before it is passed on; false if nothing is left of them.
    /// </summary>
    private async Task<bool> TryRewriteAsync(Stream old, long rawStart, long rawEnd, Stream output, CancellationToken cancellationToken)
    {
        using var spool = SpoolFile.Create();
        long written;
        Digest expected;
        using (var content = ZstdCodec.OpenRead(old))
        using (var target = new SpoolWriteStream(spool))
        {
            Stream compressor = ZstdCodec.OpenWrite(target, level);
            await using (compressor.ConfigureAwait(false))
            {
                using var hashed = new HashingWriteStream(compressor);
                await StreamEditor.ApplyAsync(content, Shift(rawStart, rawEnd), hashed, cancellationToken).ConfigureAwait(false);
                (written, expected) = (hashed.BytesWritten, hashed.Finish());
            }
        }

        if (written == 0)
        {
            return false;
        }

        using (var hasher = new ContentHasher(withCrc: false))
        using (var again = ZstdCodec.OpenRead(spool.OpenRead()))
        {
            await again.CopyToAsync(hasher, BufferSize, cancellationToken).ConfigureAwait(false);
            if ((await hasher.FinishAsync(cancellationToken).ConfigureAwait(false)).Digest != expected)
            {
                throw new InvalidContentException(
                    ErrorIds.InvalidCompression,
                    "A part of a layer was compressed again and does not decompress to the same content. Nothing was written.")
                {
                    Remedy = Remedy.Recompress,
                };
            }
        }

        using FileRangeStream made = spool.OpenRead();
        await made.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The edits of a range, relative to its start. A replacement belongs to the range where its edit starts.</summary>
    private ByteEdit[] Shift(long rawStart, long rawEnd) =>
    [
        .. edits.Skip(FirstBehind(rawStart)).TakeWhile(edit => edit.Start < rawEnd)
            .Select(edit => edit with { Start = edit.Start - rawStart, End = edit.End - rawStart }),
    ];
}
