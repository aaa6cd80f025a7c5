// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.IO;
using OciPS.References;

namespace OciPS.Layers.Listings;

/// <summary>Computes the hash of each block that is written to it.</summary>
internal sealed class BlockHasher : WriteOnlyStream
{
    private readonly IncrementalHash _hash = DigestAlgorithm.Sha256.CreateHash();
    private readonly MemoryStream _hashes = new();
    private int _done;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, BlockHashes.BlockSize - _done);
            _hash.AppendData(buffer[..count]);
            buffer = buffer[count..];
            _done += count;
            if (_done == BlockHashes.BlockSize)
            {
                EndBlock();
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>The concatenated hashes. Called once, after everything was written.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        if (_done > 0)
        {
            EndBlock();
        }

        return _hashes.GetBuffer().AsSpan(0, (int)_hashes.Length);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _hashes.Dispose();
        }

        base.Dispose(disposing);
    }

    private void EndBlock()
    {
        _hashes.Write(_hash.GetHashAndReset());
        _done = 0;
    }
}
