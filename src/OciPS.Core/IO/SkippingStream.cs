// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>Drops the first bytes written to it, and writes the others to an output, which stays open.</summary>
/// <param name="output">Receives the other bytes.</param>
/// <param name="count">The number of bytes to drop.</param>
internal sealed class SkippingStream(Stream output, long count) : WriteOnlyStream
{
    private long _left = count;

    /// <summary>The number of bytes that the output has received, the dropped ones included.</summary>
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
