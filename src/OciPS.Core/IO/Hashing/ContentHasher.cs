// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Computes what is to be said of bytes, on another thread than that of who has them.</summary>
internal sealed class ContentHasher : IDisposable
{
    private readonly IncrementalHash _hash = DigestAlgorithm.Sha256.CreateHash();
    private readonly Crc32 _crc = new();
    private readonly WriteBehindStream _behind;
    private long _length;

    public ContentHasher() => _behind = new WriteBehindStream((bytes, _) =>
    {
        _hash.AppendData(bytes.Span);
        _crc.Append(bytes.Span);
        return ValueTask.CompletedTask;
    });

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        _behind.Write(bytes);
    }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _length += bytes.Length;
        return _behind.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Asked for once, at the end.</summary>
    public async Task<ContentDigests> FinishAsync(CancellationToken cancellationToken)
    {
        await _behind.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new ContentDigests(DigestAlgorithm.Sha256.Finish(_hash), _crc.Value, _length);
    }

    public void Dispose()
    {
        _behind.Dispose();
        _hash.Dispose();
    }
}
