// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Core.Tests.Support;

/// <summary>Gives pieces without end.</summary>
internal sealed class EndlessStream(Func<byte[]> next) : ForwardStream
{
    private ReadOnlyMemory<byte> _piece;

    public EndlessStream(byte[] piece)
        : this(() => piece)
    {
    }

    public override int Read(Span<byte> buffer)
    {
        if (_piece.IsEmpty)
        {
            _piece = next();
        }

        int count = Math.Min(buffer.Length, _piece.Length);
        _piece.Span[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));
}
