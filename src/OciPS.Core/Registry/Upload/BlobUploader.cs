// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Download;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;
using OciPS.Storage;

namespace OciPS.Registry.Upload;

/// <summary>
/// Uploads blobs: in one request if the digest is known; otherwise streamed, in chunks or from a spool file, as the registry supports it.
/// An upload that breaks off and cannot be resumed is restarted.
/// </summary>
/// <remarks>Distribution specification, "Pushing Blobs".</remarks>
internal sealed class BlobUploader(RegistrySession session, ImageReference repository, BlobProbe blobs, TimeProvider time)
{
    private static readonly TimeSpan s_cancelTimeout = TimeSpan.FromMilliseconds(700);

    private readonly IReadOnlyList<string> _push = [RegistryScope.PullPush(repository.Repository)];
    private readonly ConcurrentDictionary<Digest, UploadLocation> _offered = [];
    private readonly UploadCheck _check = new(repository, blobs, new ConsistencyPoll(time));

    public async Task<WrittenBlob> WriteAsync(BlobSource source, CancellationToken cancellationToken)
    {
        string what = source.Known is { } known ? $"the blob {known.Digest}" : "a new layer";
        try
        {
            return await WriteAsync(source, what, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (error.DigestIsRefused)
        {
            session.Log.Verbose($"{what} is sent to '{repository.Name}' again: {error.Message}");
            return await WriteAsync(source, what, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Requests the registry to mount a blob from another of its repositories; keeps the upload that the registry may start instead.
    /// </summary>
    public async Task<bool> TryMountAsync(Descriptor blob, string from, CancellationToken cancellationToken)
    {
        string path = $"{repository.Repository}/blobs/uploads/"
            + $"?mount={Uri.EscapeDataString(blob.Digest.ToString())}&from={Uri.EscapeDataString(from)}";
        using HttpResponseMessage response = await MountAsync(path, from, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Accepted && UploadLocation.From(response) is { } offered)
        {
            await KeepAsync(blob, offered).ConfigureAwait(false);
        }

        if (response.StatusCode != HttpStatusCode.Created)
        {
            return false;
        }

        bool isThere = await blobs.ExistsAsync(blob.Digest, blob.SizeIsKnown ? blob.Size : null, cancellationToken).ConfigureAwait(false);
        if (!isThere)
        {
            session.Log.Verbose(
                $"'{repository.Registry}' said that it mounted {blob.Digest} from '{from}', but it is not there; it is sent.");
        }

        return isThere;
    }

    private static void Empty(HttpRequestMessage request) => request.Content = new ByteArrayContent([]);

    // A blob of unknown size is sent in chunks, in an upload started for that.
    private async Task KeepAsync(Descriptor blob, UploadLocation offered)
    {
        if (blob.SizeIsKnown)
        {
            _offered[blob.Digest] = offered;
        }
        else
        {
            await CancelAsync(offered).ConfigureAwait(false);
        }
    }

    /// <summary>If the token service refuses read access to the source, the mount is requested with write access only.</summary>
    private async Task<HttpResponseMessage> MountAsync(string path, string from, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage response = await session.SendAsync(
                HttpMethod.Post, path, [.. _push, RegistryScope.Pull(from)], Empty, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            {
                return response;
            }

            response.Dispose();
        }
        catch (RegistryException error) when (error.ErrorId == ErrorIds.Unauthorized)
        {
            // The token service gives no token for both.
        }

        return await session.SendAsync(HttpMethod.Post, path, _push, Empty, cancellationToken).ConfigureAwait(false);
    }

    private Task<WrittenBlob> WriteAsync(BlobSource source, string what, CancellationToken cancellationToken) => session.Retry.RunAsync(
        token => source.Known is null && session.Uploads == UploadMode.Whole
            ? WriteSpooledAsync(source, what, token)
            : WriteOnceAsync(source, what, token),
        $"The upload of {what} to '{repository.Name}'",
        cancellationToken);

    private async Task<WrittenBlob> WriteOnceAsync(BlobSource source, string what, CancellationToken cancellationToken)
    {
        UploadLocation upload = source.Known is not null && _offered.TryRemove(source.Known.Digest, out UploadLocation? offered)
            ? offered
            : await BeginAsync(what, cancellationToken).ConfigureAwait(false);
        if (source.Known is null && !upload.TakesChunks)
        {
            session.FallBack(UploadMode.Whole);
            await CancelAsync(upload).ConfigureAwait(false);
            return await WriteSpooledAsync(source, what, cancellationToken).ConfigureAwait(false);
        }

        var open = new UploadSession(session, repository, upload, what, _check);
        bool done = false;
        try
        {
            WrittenBlob written = source.Known is { } known
                ? await WriteWholeAsync(upload, source, known, what, cancellationToken).ConfigureAwait(false)
                : await WritePartsAsync(open, source, cancellationToken).ConfigureAwait(false);
            done = true;
            return written;
        }
        catch (RegistryException error) when (error.UploadIsLost)
        {
            // A new upload may succeed where this one cannot.
            error.IsTransient = true;
            throw;
        }
        finally
        {
            if (!done)
            {
                await CancelAsync(open.Session).ConfigureAwait(false);
            }
        }
    }

    private async Task<WrittenBlob> WritePartsAsync(UploadSession upload, BlobSource source, CancellationToken cancellationToken)
    {
        WrittenBlob written = session.Uploads == UploadMode.Chunks || upload.Session.WantsChunks
            ? await new ChunkedUpload(upload, source).WriteAsync(cancellationToken).ConfigureAwait(false)
            : await new StreamedUpload(upload, source).WriteAsync(cancellationToken).ConfigureAwait(false);
        await upload.FinishAsync(written, cancellationToken).ConfigureAwait(false);
        return written;
    }

    private async Task<UploadLocation> BeginAsync(string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Post, $"{repository.Repository}/blobs/uploads/", _push, Empty, cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(
            response, $"begin the upload of {what} to '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        return UploadLocation.From(response) ?? throw RegistryErrors.NoLocation(response, repository.Registry, what);
    }

    private async Task<WrittenBlob> WriteWholeAsync(
        UploadLocation upload, BlobSource source, Descriptor known, string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendOnceAsync(
            HttpMethod.Put, upload.GetEnd(known.Digest), _push, request =>
                request.Content = new BlobContent(source.WriteToAsync, known.Size), cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await RegistryErrors.CreateAsync(
                response,
                $"take {what} in '{repository.Name}'",
                cancellationToken,
                TransientFaults.IsTransient(response),
                UploadLocation.IsLost(response)).ConfigureAwait(false);
        }

        await _check.EnsureStoredAsync(response, known.Digest, known.Size, what, cancellationToken).ConfigureAwait(false);
        return new WrittenBlob(known.Digest, known.Size);
    }

    /// <summary>Spools the whole blob first, to compute its digest.</summary>
    private async Task<WrittenBlob> WriteSpooledAsync(BlobSource source, string what, CancellationToken cancellationToken)
    {
        using var spool = SpoolFile.Create();
        using var hashed = new HashingWriteStream(new SpoolWriteStream(spool), source.Algorithm);
        await source.WriteToAsync(hashed, cancellationToken).ConfigureAwait(false);
        var known = new Descriptor(string.Empty, hashed.Finish(), hashed.BytesWritten);
        var spooled = new BlobSource(
            async (output, token) =>
            {
                using FileRangeStream content = spool.OpenRead();
                await content.CopyToAsync(output, token).ConfigureAwait(false);
            },
            known);
        return await session.Retry.RunAsync(
            token => WriteOnceAsync(spooled, what, token),
            $"The upload of {what} to '{repository.Name}'",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels an upload at the registry; failures are ignored.</summary>
    private async Task CancelAsync(UploadLocation upload)
    {
        using var timeout = new CancellationTokenSource(s_cancelTimeout);
        try
        {
            using HttpResponseMessage response = await session.SendOnceAsync(
                HttpMethod.Delete, upload.Location, _push, null, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OciException or OperationCanceledException)
        {
            // The error that stopped the upload says more.
        }
    }
}
