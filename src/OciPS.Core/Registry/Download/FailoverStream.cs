// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Registry.Download;

/// <summary>A download from a mirror that continues from another source, once, after the mirror fails and retries do not help.</summary>
/// <param name="mirror">The download.</param>
/// <param name="goOn">Opens the content from another source at an offset; null if there is none.</param>
internal sealed class FailoverStream(Stream mirror, Func<long, RegistryException, CancellationToken, Task<Stream?>> goOn) : ForwardStream
{
    private Stream _current = mirror;
    private long _position;
    private bool _isElsewhere;

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("Downloads are read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await _current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (!_isElsewhere)
        {
            _isElsewhere = true;
            if (await goOn(_position, error, cancellationToken).ConfigureAwait(false) is not { } next)
            {
                throw;
            }

            await _current.DisposeAsync().ConfigureAwait(false);
            _current = next;
            count = await next.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
        }

        base.Dispose(disposing);
    }
}
