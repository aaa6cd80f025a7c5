// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Computes the digest, the CRC-32 and the length of the bytes written to it, on a background thread.</summary>
internal sealed class ContentHasher : WriteOnlyStream
{
    private readonly DigestAlgorithm _algorithm;
    private readonly IncrementalHash _hash;
    private readonly Crc32 _crc = new();
    private readonly WriteBehindStream _behind;

    /// <param name="withCrc">Whether the CRC-32 is computed; else it is 0.</param>
    /// <param name="algorithm">The digest algorithm; null for SHA-256.</param>
    public ContentHasher(bool withCrc = true, DigestAlgorithm? algorithm = null)
    {
        _algorithm = algorithm ?? DigestAlgorithm.Sha256;
        _hash = _algorithm.CreateHash();
        _behind = new WriteBehindStream((bytes, _) =>
        {
            _hash.AppendData(bytes.Span);
            if (withCrc)
            {
                _crc.Append(bytes.Span);
            }

            return ValueTask.CompletedTask;
        });
    }

    /// <summary>The number of bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        BytesWritten += buffer.Length;
        _behind.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        BytesWritten += buffer.Length;
        return _behind.WriteAsync(buffer, cancellationToken);
    }

    /// <summary>Completes the digests. Called once, at the end.</summary>
    public async Task<ContentDigests> FinishAsync(CancellationToken cancellationToken)
    {
        await _behind.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new ContentDigests(_algorithm.Finish(_hash), _crc.Value, BytesWritten);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _behind.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
