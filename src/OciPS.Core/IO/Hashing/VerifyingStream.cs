// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>Reads a blob and checks its size and digest; returns the last bytes only after the check.</summary>
/// <remarks>If the size is unknown, only the read that finds the end can check the bytes before it.</remarks>
internal sealed class VerifyingStream : ForwardStream
{
    /// <summary>The most bytes to read if no manifest has the size, as with schema 1: 32 GiB.</summary>
    private const long UsualMaximum = 32L * 1024 * 1024 * 1024;

    private readonly Stream _inner;
    private readonly Descriptor _expected;
    private readonly string _what;
    private readonly IncrementalHash _hash;
    private readonly Action? _onDamage;
    private readonly long _maximumUnknownSize;
    private long _read;
    private Digest? _actual;
    private bool _verified;

    /// <param name="inner">The blob; disposed with this stream.</param>
    /// <param name="expected">The expected size and digest.</param>
    /// <param name="what">The blob's name, for messages.</param>
    /// <param name="onDamage">Called on a mismatch that another download may fix; null if it cannot.</param>
    /// <param name="maximumUnknownSize">The most bytes to read if the size is unknown.</param>
    public VerifyingStream(Stream inner, Descriptor expected, string what, Action? onDamage = null, long maximumUnknownSize = UsualMaximum)
    {
        _maximumUnknownSize = maximumUnknownSize;
        _onDamage = onDamage;
        _inner = inner;
        _expected = expected;
        _what = what;
        _hash = expected.Digest.Kind.CreateHash();
    }

    /// <summary>The expected size of the blob in bytes.</summary>
    /// <exception cref="NotSupportedException">The size is unknown.</exception>
    public override long Length => _expected.SizeIsKnown ? _expected.Size : throw new NotSupportedException();

    /// <summary>Whether another download may fix a mismatch.</summary>
    public bool MayRefetch => _onDamage is not null;

    /// <summary>The number of bytes read so far; at the end, the blob's size.</summary>
    public long BytesRead => _read;

    public override int Read(Span<byte> buffer)
    {
        int count = _inner.Read(buffer);
        Check(buffer[..count], buffer.Length == 0);
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Check(buffer.Span[..count], buffer.Length == 0);
        return count;
    }

    /// <summary>Reads the rest, so that the whole blob is checked.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(81920);
        while (await ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> bytes, bool askedForNothing)
    {
        _read += bytes.Length;
        if (_expected.SizeIsKnown && _read > _expected.Size)
        {
            throw WrongSize($"has more than the {_expected.Size} bytes that its descriptor says");
        }

        if (!_expected.SizeIsKnown && _read > _maximumUnknownSize)
        {
            throw WrongSize($"has more than {_maximumUnknownSize} bytes, and nothing says how many are right");
        }

        if (!_verified)
        {
            _hash.AppendData(bytes);
        }
        else if (!bytes.IsEmpty)
        {
            throw WrongSize($"went on after its end at {_read - bytes.Length} bytes");
        }

        bool ended = bytes.IsEmpty && !askedForNothing;
        if (!_verified && (_expected.SizeIsKnown ? _read == _expected.Size : ended))
        {
            VerifyDigest();
        }
        else if (ended && _expected.SizeIsKnown && _read < _expected.Size)
        {
            throw WrongSize($"ends after {_read} of {_expected.Size} bytes");
        }
    }

    private void VerifyDigest()
    {
        Digest actual = _actual ??= _expected.Digest.Kind.Finish(_hash);
        if (actual != _expected.Digest)
        {
            throw Damaged(
                ErrorIds.DigestMismatch,
                $"{_what} has the digest {actual}, but {_expected.Digest} was expected: its content was changed or damaged.");
        }

        _verified = true;
    }

    private InvalidContentException WrongSize(string why) =>
        Damaged(ErrorIds.SizeMismatch, $"{_what} {why}: it was cut short or changed. Its digest should be {_expected.Digest}.");

    private InvalidContentException Damaged(string errorId, string message)
    {
        _onDamage?.Invoke();
        return new InvalidContentException(errorId, message) { MayRefetch = _onDamage is not null };
    }
}
