// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Registry.Client;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;
using OciPS.Storage;

namespace OciPS.Registry.Upload;

/// <summary>
/// Uploads a blob of unknown digest in one request while it is produced, so nothing waits for the registry to store a chunk. After a break
/// the blob is produced again, and the part that the registry already has is skipped.
/// </summary>
/// <remarks>Not in the distribution specification, but Docker has always done it, so registries support it.</remarks>
internal sealed class StreamedUpload(UploadSession upload, BlobSource source)
{
    private RegistryException? _broken;
    private long _received;
    private long _sentAtLeast;
    private long _sentAtMost;
    private WrittenBlob? _made;
    private Task _making = Task.CompletedTask;

    private bool HasAll => _received == _made?.Size;

    public async Task<WrittenBlob> WriteAsync(CancellationToken cancellationToken)
    {
        // Progress resets the retry count.
        while (!await upload.Retry.RunAsync(SendOnAsync, $"The upload of {upload.What}", cancellationToken).ConfigureAwait(false))
        {
        }

        return _made!.Value;
    }

    /// <summary>Sends the part that the registry does not have.</summary>
    /// <returns>Whether the registry has all of it; if not, it has more than before.</returns>
    private async Task<bool> SendOnAsync(CancellationToken cancellationToken)
    {
        if (_broken is { } broken)
        {
            long before = _received;
            await AskAsync(broken, cancellationToken).ConfigureAwait(false);
            if (HasAll || _received - before >= RegistryOptions.LeastProgress)
            {
                _broken = null;
                return HasAll;
            }
        }

        _broken = await SendAsync(cancellationToken).ConfigureAwait(false);
        return _broken is null ? true : throw _broken;
    }

    private async Task AskAsync(RegistryException broken, CancellationToken cancellationToken)
    {
        _received = await upload.AskAsync(_received, _sentAtMost, broken, cancellationToken).ConfigureAwait(false);
        // A proxy that buffers the whole request hides its progress, so little must be in flight at a time.
        if (_sentAtLeast - _received > upload.Session.ChunkSize)
        {
            throw upload.FallBack(UploadMode.Chunks, broken);
        }
    }

    private async Task<RegistryException?> SendAsync(CancellationToken cancellationToken)
    {
        RegistryException? broken;
        try
        {
            broken = await upload.TrySendAsync(
                UploadMode.Stream, () => new BlobContent(BeginAsync, null), _received, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Over HTTP/2 a response may come before the whole body was sent; the producer then writes to a closed request and is about to
            // end.
            await Task.WhenAny(_making).ConfigureAwait(false);
        }

        return broken ?? (_made is null ? upload.NotAllTaken() : CheckTaken(_made.Value));
    }

    // Servers without support for bodies of unknown length take them for empty.
    private RegistryException? CheckTaken(WrittenBlob made) =>
        upload.Received == 0 && made.Size > 1 ? throw upload.FallBack(UploadMode.Chunks, upload.NotAllTaken()) : null;

    private Task BeginAsync(Stream output, CancellationToken cancellationToken) => _making = MakeAsync(output, cancellationToken);

    private async Task MakeAsync(Stream output, CancellationToken cancellationToken)
    {
        _made = null;
        using var rest = new SkippingStream(output, _received);
        using var content = new HashingWriteStream(rest, source.Algorithm);
        try
        {
            await source.WriteToAsync(content, cancellationToken).ConfigureAwait(false);
            _made = new WrittenBlob(content.Finish(), content.BytesWritten);
        }
        finally
        {
            (_sentAtLeast, _sentAtMost) = (rest.BytesTaken, Math.Max(_received, content.BytesWritten));
        }
    }
}
