// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>The body of a request whose connection breaks after some of it; what came until then has come.</summary>
internal sealed class CutBody(HttpContext context, Stream body, int count) : DelegatedStream(body)
{
    private int _left = count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0)
        {
            context.Abort();
            throw new IOException("The connection was broken on purpose.");
        }

        int read = await Inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
        _left -= read;
        return read;
    }
}
