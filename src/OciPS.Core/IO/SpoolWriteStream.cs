// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>Appends to a spool file. Disposing it keeps the spool file open.</summary>
internal sealed class SpoolWriteStream(SpoolFile spool) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => spool.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        spool.WriteAsync(buffer, cancellationToken);
}
