// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>A stream that also disposes the objects that it is read from.</summary>
internal sealed class CompositeDisposeStream(Stream content, params IDisposable[] owned) : ForwardStream
{
    public override long Length => content.Length;

    public override int Read(Span<byte> buffer) => content.Read(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        content.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            Array.ForEach(owned, static thing => thing.Dispose());
        }

        base.Dispose(disposing);
    }
}
