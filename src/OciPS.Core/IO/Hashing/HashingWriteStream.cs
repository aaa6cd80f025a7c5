// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Computes the SHA-256 digest and the size of what is written through it. The stream that it writes to stays open.</summary>
internal sealed class HashingWriteStream(Stream output) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many bytes were written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>The digest of all that was written; asked for once, at the end.</summary>
    public Digest Finish() => Digest.Finish(_hash);

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
