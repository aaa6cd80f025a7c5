// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Computes the digest and the size of what is written through it. The stream that it writes to stays open.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="algorithm">What the digest is made with; null for SHA-256.</param>
internal sealed class HashingWriteStream(Stream output, DigestAlgorithm? algorithm = null) : WriteOnlyStream
{
    private readonly DigestAlgorithm _algorithm = algorithm ?? DigestAlgorithm.Sha256;
    private readonly IncrementalHash _hash = (algorithm ?? DigestAlgorithm.Sha256).CreateHash();

    /// <summary>How many bytes were written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>The digest of all that was written; asked for once, at the end.</summary>
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
