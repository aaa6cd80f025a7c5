// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Computes the digest and the size of the bytes written through it. The output stays open.</summary>
/// <param name="output">Receives the bytes.</param>
/// <param name="algorithm">The digest algorithm; null for SHA-256.</param>
internal sealed class HashingWriteStream(Stream output, DigestAlgorithm? algorithm = null) : WriteOnlyStream
{
    private readonly DigestAlgorithm _algorithm = algorithm ?? DigestAlgorithm.Sha256;
    private readonly IncrementalHash _hash = (algorithm ?? DigestAlgorithm.Sha256).CreateHash();

    /// <summary>The number of bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>The digest of all written bytes. Called once, at the end.</summary>
    public Digest Finish() => _algorithm.Finish(_hash);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Append(buffer);
        output.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Append(buffer.Span);
        return output.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => output.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        BytesWritten += bytes.Length;
        _hash.AppendData(bytes);
    }
}
