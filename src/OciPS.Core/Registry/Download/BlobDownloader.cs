// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using OciPS.IO;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry.Download;

/// <summary>Reads blobs, whole or in part. Resumes broken downloads, and bypasses caches after a damaged one.</summary>
/// <remarks>Distribution specification, "Pulling blobs".</remarks>
internal sealed class BlobDownloader(RegistrySession session, ImageReference repository)
{
    private readonly string[] _pull = [RegistryScope.Pull(repository.Repository)];
    private readonly ConcurrentDictionary<Digest, bool> _distrusted = [];

    /// <summary>Whether no download of the blob was damaged.</summary>
    public bool IsTrusted(Digest blob) => !_distrusted.ContainsKey(blob);

    /// <summary>Notes that a download of the blob was damaged.</summary>
    public void RequireOriginal(Digest blob)
    {
        if (_distrusted.TryAdd(blob, true))
        {
            session.Log.Verbose(
                $"The blob {blob} arrived damaged from '{repository.Registry}'; it is fetched again, bypassing caches.");
        }
    }

    /// <summary>Opens a blob at an offset.</summary>
    public async Task<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        var content = new ResumingStream(
            (done, token) =>
                OpenAsync(blob, offset + done, null, token), session.Retry, $"The download of {blob.Digest} from '{repository.Name}'");
        try
        {
            await content.BeginAsync(cancellationToken).ConfigureAwait(false);
            return content;
        }
        catch
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a part of a blob; null if only the whole blob is available.</summary>
    public async Task<Stream?> TryOpenPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken)
    {
        if (offset == 0 && blob.SizeIsKnown && length == blob.Size)
        {
            return new LimitedStream(await OpenAsync(blob, 0, cancellationToken).ConfigureAwait(false), length);
        }

        var part = new BlobRange(offset, length);
        var content = new ResumingStream(
            (done, token) => OpenAsync(blob, offset + done, part, token), session.Retry,
            $"The download of a part of {blob.Digest} from '{repository.Name}'");
        try
        {
            await content.BeginAsync(cancellationToken).ConfigureAwait(false);
            if (part.IsKnown)
            {
                return new LimitedStream(content, length);
            }
        }
        catch
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await content.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    private async Task<Stream> OpenAsync(Descriptor blob, long offset, BlobRange? part, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await GetAsync(
            blob,
            offset > 0 || part is not null ? new RangeHeaderValue(offset, part?.Last) : null,
            cancellationToken).ConfigureAwait(false);
        try
        {
            bool isAnother = response.StatusCode == HttpStatusCode.PartialContent && ContentCoding.IsPartOfAnother(response, blob);
            if (isAnother && part is not { IsKnown: false })
            {
                response.Dispose();
                response = await GetAsync(blob, null, cancellationToken).ConfigureAwait(false);
                isAnother = false;
            }

            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                throw new ContentNotFoundException(
                    ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in '{repository.Name}': the registry has lost it.");
            }

            // Nothing is left to read, so the break does not matter; or the response is unusable.
            bool isAtEnd = response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && offset > 0 && offset == blob.Size;
            if (isAtEnd || isAnother || (part is not null && !part.Accept(response)))
            {
                response.Dispose();
                return Stream.Null;
            }

            await RegistryErrors.EnsureSuccessAsync(
                response, $"read the blob {blob.Digest} from '{repository.Name}'", cancellationToken).ConfigureAwait(false);
            return await OpenAsync(response, blob, offset, part is null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<Stream> OpenAsync(
        HttpResponseMessage response, Descriptor blob, long offset, bool isRest, CancellationToken cancellationToken)
    {
        // A registry without range support sends the whole blob again.
        long begin = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? offset : 0;
        long size = blob.SizeIsKnown && isRest && !ContentCoding.IsLabelled(response) ? blob.Size - begin : 0;
        var body = new ResponseStream(
            response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), repository.Registry, size);
        Stream content = await ContentCoding.UndoAsync(response, body, blob, repository.Registry, cancellationToken).ConfigureAwait(false);
        await SkipAsync(content, offset - begin, cancellationToken).ConfigureAwait(false);
        return content;
    }

    private Task<HttpResponseMessage> GetAsync(Descriptor blob, RangeHeaderValue? range, CancellationToken cancellationToken) =>
        session.SendAsync(
        HttpMethod.Get,
        $"{repository.Repository}/blobs/{blob.Digest}",
        _pull,
        request =>
        {
            request.Headers.Range = range;
            request.Headers.CacheControl = IsTrusted(blob.Digest) ? null : new CacheControlHeaderValue { NoCache = true };
        },
        cancellationToken);

    private static async Task SkipAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(128 * 1024);
        while (count > 0)
        {
            int read = await content.ReadAsync(
                buffer.Memory[..(int)Math.Min(count, buffer.Memory.Length)], cancellationToken).ConfigureAwait(false);
            count -= read > 0 ? read : count;
        }
    }
}
