// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.References;
using OciPS.Registry.Resilience;
using OciPS.Stores;
using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>Sends a blob whose digest is known at its end only, chunk by chunk; a chunk that breaks off is sent on from where the registry has it.</summary>
/// <remarks>Distribution specification, "Pushing a blob in chunks".</remarks>
internal sealed class ChunkedUpload(RegistrySession session, ImageReference repository, UploadSession upload, string what)
{
    private readonly IReadOnlyList<string> _push = [RegistryScope.PullPush(repository.Repository)];

    /// <summary>Where the upload is.</summary>
    public UploadSession Session { get; private set; } = upload;

    public async Task<WrittenBlob> WriteAsync(BlobSource source, CancellationToken cancellationToken)
    {
        using var chunks = new ChunkStream(Session.ChunkSize, WriteChunkAsync);
        using var content = new HashingWriteStream(chunks);
        await source.WriteToAsync(content, cancellationToken).ConfigureAwait(false);
        await chunks.FinishAsync(cancellationToken).ConfigureAwait(false);

        var written = new WrittenBlob(content.Finish(), content.BytesWritten);
        await FinishAsync(written, cancellationToken).ConfigureAwait(false);
        return written;
    }

    private async Task FinishAsync(WrittenBlob written, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Put, Session.EndOf(written.Digest), _push, request => request.Content = new ByteArrayContent([]), cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode
            && !(response.StatusCode == HttpStatusCode.NotFound && await IsThereAsync(written.Digest, cancellationToken).ConfigureAwait(false)))
        {
            throw await RegistryErrors.CreateAsync(
                response, $"take {what} in '{repository.Name}'", cancellationToken, uploadIsLost: UploadSession.IsLost(response)).ConfigureAwait(false);
        }
    }

    // The answer may have been lost on the way; asked again, the registry knows no such upload any more, but the blob.
    private async Task<bool> IsThereAsync(Digest digest, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Head, $"{repository.Repository}/blobs/{digest}", _push, null, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    private async Task WriteChunkAsync(ReadOnlyMemory<byte> chunk, long offset, CancellationToken cancellationToken)
    {
        RegistryException? broken = null;
        await session.Retry.RunAsync(
            async token =>
            {
                if (broken is not null)
                {
                    long received = await AskAsync(offset, offset + chunk.Length, broken, token).ConfigureAwait(false);
                    chunk = chunk[(int)(received - offset)..];
                    offset = received;
                }

                broken = chunk.IsEmpty ? null : await TrySendAsync(chunk, offset, token).ConfigureAwait(false);
                return broken is null ? true : throw broken;
            },
            $"A chunk of {what} to '{repository.Name}'",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a chunk; gives the error that it broke off with.</summary>
    private async Task<RegistryException?> TrySendAsync(ReadOnlyMemory<byte> chunk, long offset, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(chunk, offset, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RegistryException error) when (TransientFaults.IsTransient(error))
        {
            return error;
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> chunk, long offset, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendOnceAsync(
            HttpMethod.Patch,
            Session.Location,
            _push,
            request =>
            {
                request.Content = new BlobContent((output, token) => output.WriteAsync(chunk, token).AsTask(), chunk.Length);
                request.Content.Headers.TryAddWithoutValidation("Content-Range", $"{offset}-{offset + chunk.Length - 1}");
            },
            cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync(response, offset, cancellationToken).ConfigureAwait(false);
        }

        Session = Session with { Location = RegistryClient.LocationOf(response) ?? throw RegistryErrors.NoLocation(response, repository.Registry, what) };
    }

    private async Task<RegistryException> RefusedAsync(HttpResponseMessage response, long offset, CancellationToken cancellationToken)
    {
        bool knowsNoChunks = offset == 0 && await UploadSession.KnowsNoChunksAsync(response, cancellationToken).ConfigureAwait(false);
        if (knowsNoChunks)
        {
            session.TakesChunks = false;
        }

        bool isTransient = response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || TransientFaults.IsTransient(response);
        return await RegistryErrors.CreateAsync(
            response,
            $"take a chunk of {what} in '{repository.Name}'",
            cancellationToken,
            isTransient,
            uploadIsLost: knowsNoChunks || response.StatusCode == HttpStatusCode.NotFound).ConfigureAwait(false);
    }

    /// <summary>Asks how much of the upload the registry has; where that is not what it was sent, the upload is lost.</summary>
    private async Task<long> AskAsync(long from, long to, RegistryException broken, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(HttpMethod.Get, Session.Location, _push, null, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode || UploadSession.ReceivedOf(response) is not { } received || received < from || received > to)
        {
            throw new RegistryException(broken.ErrorId, broken.Message, broken.StatusCode, broken) { UploadIsLost = true };
        }

        Session = Session with { Location = RegistryClient.LocationOf(response) ?? Session.Location };
        return received;
    }
}
