// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;
using OciPS.Storage;

namespace OciPS.Registry.Upload;

/// <summary>A running upload: sends the blob's parts, queries the registry's offset, and completes the upload.</summary>
/// <remarks>Distribution specification, "Pushing a blob in chunks".</remarks>
/// <param name="session">Sends requests to the registry.</param>
/// <param name="repository">The destination repository.</param>
/// <param name="begun">The upload as the registry started it.</param>
/// <param name="what">The name of the content in messages.</param>
/// <param name="check">Checks whether the blob is stored.</param>
internal sealed class UploadSession(
    RegistrySession session, ImageReference repository, UploadLocation begun, string what, UploadCheck check)
{
    private readonly IReadOnlyList<string> _push = [RegistryScope.PullPush(repository.Repository)];
    private bool _wentOn;

    /// <summary>The current location of the upload.</summary>
    public UploadLocation Session { get; private set; } = begun;

    /// <summary>The number of bytes that the registry has according to its last response; null if it does not say.</summary>
    public long? Received { get; private set; }

    public RegistryRetry Retry => session.Retry;

    /// <summary>The content and its destination, for messages.</summary>
    public string What => $"{what} to '{repository.Name}'";

    /// <summary>Sends a part of the blob once.</summary>
    /// <param name="mode">The upload mode; decides how a refusal is handled.</param>
    /// <param name="part">Creates the body of the request.</param>
    /// <param name="offset">The offset of the part in bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The error, if it is transient; null if the registry accepted the part.</returns>
    public async Task<RegistryException?> TrySendAsync(
        UploadMode mode, Func<BlobContent> part, long offset, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await session.SendOnceAsync(
                HttpMethod.Patch, Session.Location, _push, request => request.Content = part(), cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusedAsync(response, mode, offset, cancellationToken).ConfigureAwait(false);
            }

            Session = Session with
            {
                Location = ResponseLocation.From(response) ?? throw RegistryErrors.NoLocation(response, repository.Registry, what),
            };
            Received = UploadLocation.GetReceived(response);
            return null;
        }
        catch (RegistryException error) when (TransientFaults.IsTransient(error))
        {
            return error;
        }
    }

    /// <summary>Queries the registry's offset; if it is out of range, the upload is lost.</summary>
    /// <param name="from">The minimum offset.</param>
    /// <param name="to">The maximum offset.</param>
    /// <param name="broken">The error that caused the query.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<long> AskAsync(long from, long to, RegistryException broken, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Get, Session.Location, _push, null, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode || UploadLocation.GetReceived(response) is not { } received || received < from || received > to)
        {
            throw Lost(broken);
        }

        _wentOn = true;
        Session = Session with { Location = ResponseLocation.From(response) ?? Session.Location };
        return received;
    }

    /// <summary>Abandons the upload; further uploads to this registry use another mode.</summary>
    public RegistryException FallBack(UploadMode mode, RegistryException broken)
    {
        session.FallBack(mode);
        return Lost(broken);
    }

    /// <summary>The error for a part that the registry accepted only partially.</summary>
    public RegistryException NotAllTaken() => new(
        ErrorIds.RegistryError, $"'{repository.Registry}' ended the upload of {what} before it had all of it.", 0)
    {
        IsTransient = true,
    };

    /// <summary>Completes the upload with its digest.</summary>
    public async Task FinishAsync(WrittenBlob written, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Put, Session.GetEnd(written.Digest), _push, request =>
                PrepareEnd(request, written), cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            await check.EnsureStoredAsync(response, written.Digest, written.Size, what, cancellationToken).ConfigureAwait(false);
        }

        // The response may have been lost in transit; on a retry the registry no longer knows the upload, but has the blob.
        else if (response.StatusCode != HttpStatusCode.NotFound
            || !await check.IsThereAsync(written.Digest, written.Size, cancellationToken).ConfigureAwait(false))
        {
            // A registry that stored data after a connection broke has more of the blob than it reported.
            bool isSpoilt = _wentOn && response.StatusCode == HttpStatusCode.BadRequest;
            throw await RegistryErrors.CreateAsync(
                response, $"take {what} in '{repository.Name}'", cancellationToken, uploadIsLost: isSpoilt
                    || UploadLocation.IsLost(response)).ConfigureAwait(false);
        }
    }

    private static void PrepareEnd(HttpRequestMessage request, WrittenBlob written)
    {
        request.Content = new ByteArrayContent([]);
        request.Options.Set(TimeoutHandler.Committed, written.Size);
    }

    private static RegistryException Lost(RegistryException broken) =>
        new(broken.ErrorId, broken.Message, broken.StatusCode, broken) { UploadIsLost = true };

    private async Task<RegistryException> RefusedAsync(
        HttpResponseMessage response, UploadMode mode, long offset, CancellationToken cancellationToken)
    {
        UploadMode next = await UploadLocation.ModeAfterAsync(response, mode, offset, cancellationToken).ConfigureAwait(false);
        session.FallBack(next);
        bool isTransient = response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || TransientFaults.IsTransient(response);
        return await RegistryErrors.CreateAsync(
            response,
            $"take {(mode == UploadMode.Chunks ? "a chunk of " : string.Empty)}{what} in '{repository.Name}'",
            cancellationToken,
            isTransient && next == mode,
            uploadIsLost: next != mode || response.StatusCode == HttpStatusCode.NotFound).ConfigureAwait(false);
    }
}
