// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>The body of an answer that is cut short, slow or wrong.</summary>
internal sealed class FaultyBody(HttpContext context, Stream body, RegistryFault fault) : DelegatedStream(body)
{
    private const int Piece = 1000;
    private int _written;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int room = fault.CutAt is { } cut ? cut - _written : int.MaxValue;
            byte[] piece = buffer[..Math.Min(Math.Min(Piece, room), buffer.Length)].ToArray();
            if (fault.WrongBytes && _written == 0 && piece.Length > 0)
            {
                piece[piece.Length / 2] ^= 1;
            }

            if (room <= 0)
            {
                await Inner.FlushAsync(cancellationToken).ConfigureAwait(false);
                // What was sent is to come in before the connection ends, on a busy machine too: a reset takes with it what is still to be
                // sent.
                await Task.Delay(5 + (_written / 500), CancellationToken.None).ConfigureAwait(false);
                context.Abort();
                return;
            }

            if (_written >= fault.PauseAfter)
            {
                await fault.WaitAsync(fault.Pause, context.RequestAborted).ConfigureAwait(false);
            }

            await Inner.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            _written += piece.Length;
            buffer = buffer[piece.Length..];
            if (fault.Pause > TimeSpan.Zero)
            {
                await Inner.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
