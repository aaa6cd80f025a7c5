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

/// <summary>An upload that is under way: takes the blob's parts, tells how much of it the registry has, and ends it.</summary>
/// <remarks>Distribution specification, "Pushing a blob in chunks".</remarks>
/// <param name="session">Speaks with the registry.</param>
/// <param name="repository">Where the blob goes.</param>
/// <param name="begun">The upload as the registry has begun it.</param>
/// <param name="what">What is sent, for people.</param>
/// <param name="check">Looks whether the blob is there.</param>
internal sealed class UploadSession(
    RegistrySession session, ImageReference repository, UploadLocation begun, string what, UploadCheck check)
{
    private readonly IReadOnlyList<string> _push = [RegistryScope.PullPush(repository.Repository)];
    private bool _wentOn;

    /// <summary>Where the upload is.</summary>
    public UploadLocation Session { get; private set; } = begun;

    /// <summary>How many bytes the registry says it has, after it took a part; null if it does not say.</summary>
    public long? Received { get; private set; }

    public RegistryRetry Retry => session.Retry;

    /// <summary>What is sent and where to, for people.</summary>
    public string What => $"{what} to '{repository.Name}'";

    /// <summary>Sends a part of the blob, once.</summary>
    /// <param name="mode">How the blob is sent: decides what becomes of a refusal.</param>
    /// <param name="part">Makes the part, as the body of a request.</param>
    /// <param name="offset">How much of the blob the registry has before it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The error that it broke off with, if that may pass; null if the registry took it.</returns>
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

    /// <summary>Asks how much of the upload the registry has; where that is not what it was sent, the upload is lost.</summary>
    /// <param name="from">What it has at least.</param>
    /// <param name="to">What it has at most.</param>
    /// <param name="broken">The error that is the reason to ask.</param>
    /// <param name="cancellationToken">Ends it.</param>
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

    /// <summary>Gives the upload up; what is sent to this registry from now on is sent in another way.</summary>
    public RegistryException FallBack(UploadMode mode, RegistryException broken)
    {
        session.FallBack(mode);
        return Lost(broken);
    }

    /// <summary>The error that the registry took a part and has not all of it.</summary>
    public RegistryException NotAllTaken() => new(
        ErrorIds.RegistryError, $"'{repository.Registry}' ended the upload of {what} before it had all of it.", 0)
    {
        IsTransient = true,
    };

    /// <summary>Says that all was sent, and what it is.</summary>
    public async Task FinishAsync(WrittenBlob written, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Put, Session.GetEnd(written.Digest), _push, request =>
                PrepareEnd(request, written), cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            await check.EnsureStoredAsync(response, written.Digest, written.Size, what, cancellationToken).ConfigureAwait(false);
        }

        // The answer may have been lost on the way; asked again, the registry knows no such upload any more, but the blob.
        else if (response.StatusCode != HttpStatusCode.NotFound
            || !await check.IsThereAsync(written.Digest, written.Size, cancellationToken).ConfigureAwait(false))
        {
            // A registry that stored data after a connection broke has more of the blob than it said.
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
