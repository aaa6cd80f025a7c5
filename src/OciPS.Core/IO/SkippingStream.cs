// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>Leaves the first bytes out of what is written to it. The stream that it writes to stays open.</summary>
/// <param name="output">Where the others go.</param>
/// <param name="count">How many are left out.</param>
internal sealed class SkippingStream(Stream output, long count) : WriteOnlyStream
{
    private long _left = count;

    /// <summary>How many bytes the output has taken, with those that were to be left out.</summary>
    public long BytesTaken { get; private set; } = count;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ReadOnlySpan<byte> rest = buffer[Skip(buffer.Length)..];
        output.Write(rest);
        BytesTaken += rest.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> rest = buffer[Skip(buffer.Length)..];
        await output.WriteAsync(rest, cancellationToken).ConfigureAwait(false);
        BytesTaken += rest.Length;
    }

    public override void Flush() => output.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    private int Skip(int most)
    {
        int skipped = (int)Math.Min(most, _left);
        _left -= skipped;
        return skipped;
    }
}
