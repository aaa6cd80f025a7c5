// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Computes the SHA-256 digest and the size of what is read through it, on another thread.</summary>
internal sealed class DigestStream : ForwardStream
{
    private readonly Stream _inner;
    private readonly IncrementalHash _hash = DigestAlgorithm.Sha256.CreateHash();
    private readonly WriteBehindStream _hashing;

    public DigestStream(Stream inner)
    {
        _inner = inner;
        _hashing = new WriteBehindStream((bytes, _) =>
        {
            _hash.AppendData(bytes.Span);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>How many bytes were read so far.</summary>
    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int count = _inner.Read(buffer);
        BytesRead += count;
        _hashing.Write(buffer[..count]);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        BytesRead += count;
        await _hashing.WriteAsync(buffer[..count], cancellationToken).ConfigureAwait(false);
        return count;
    }

    /// <summary>The digest of all that was read; asked for once, at the end.</summary>
    public async Task<Digest> FinishAsync(CancellationToken cancellationToken)
    {
        await _hashing.FinishAsync(cancellationToken).ConfigureAwait(false);
        return DigestAlgorithm.Sha256.Finish(_hash);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hashing.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
