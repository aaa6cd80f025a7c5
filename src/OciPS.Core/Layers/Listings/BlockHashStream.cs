// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.IO;
using OciPS.References;

namespace OciPS.Layers.Listings;

/// <summary>Computes the hash of each block that is read through it.</summary>
internal sealed class BlockHashStream(Stream inner, Stream hashes) : ForwardStream
{
    private readonly IncrementalHash _hash = DigestAlgorithm.Sha256.CreateHash();
    private int _done;

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        Add(buffer[..count], ended: count == 0 && buffer.Length > 0);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Add(buffer.Span[..count], ended: count == 0 && buffer.Length > 0);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Add(ReadOnlySpan<byte> bytes, bool ended)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, BlockHashes.BlockSize - _done);
            _hash.AppendData(bytes[..count]);
            bytes = bytes[count..];
            _done += count;
            if (_done == BlockHashes.BlockSize)
            {
                EndBlock();
            }
        }

        if (ended && _done > 0)
        {
            EndBlock();
        }
    }

    private void EndBlock()
    {
        hashes.Write(_hash.GetHashAndReset());
        _done = 0;
    }
}
