// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.IO;
using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry.Download;

/// <summary>
/// Checks whether a registry has a blob by reading its first byte: HEAD also succeeds for blobs that some registries no longer have.
/// </summary>
internal sealed class BlobProbe(RegistrySession session, ImageReference repository, string scope)
{
    private readonly string[] _scopes = [scope];

    /// <summary>Whether the blob exists.</summary>
    /// <param name="digest">The blob's digest.</param>
    /// <param name="size">The blob's size in bytes; null if unknown.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<bool> ExistsAsync(Digest digest, long? size, CancellationToken cancellationToken)
    {
        Uri address = await session.GetAddressAsync($"{repository.Repository}/blobs/{digest}", cancellationToken).ConfigureAwait(false);
        try
        {
            // A response may break off by chance, once.
            return await AskAsync(address, digest, size, cancellationToken).ConfigureAwait(false)
                ?? await AskAsync(address, digest, size, cancellationToken).ConfigureAwait(false)
                ?? Missing(digest);
        }
        catch (RegistryException error) when (error.ErrorId == ErrorIds.UnsafeRedirect)
        {
            // A redirect that must not be followed prevents reading but not writing, so HEAD decides.
            return await HeadAsync(address, digest, size, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the registry reports that the blob exists.</summary>
    public async Task<bool> IsSaidAsync(Digest digest, long? size, CancellationToken cancellationToken) => await HeadAsync(
        await session.GetAddressAsync(
            $"{repository.Repository}/blobs/{digest}",
            cancellationToken).ConfigureAwait(false), digest, size, cancellationToken).ConfigureAwait(false);

    private bool Missing(Digest digest)
    {
        session.Log.Verbose(
            $"The blob {digest} counts as missing in '{repository.Name}': the registry says that it has it, but gives nothing of it.");
        return false;
    }

    /// <summary>Requests the first byte; null if the response broke off before it.</summary>
    private async Task<bool?> AskAsync(Uri address, Digest digest, long? size, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Get, address, _scopes, static request =>
                request.Headers.Range = new RangeHeaderValue(0, 0), cancellationToken).ConfigureAwait(false);
        bool isFromElsewhere = !RegistryEndpoint.SameOrigin(response.RequestMessage!.RequestUri!, address);
        if (isFromElsewhere
            && !response.IsSuccessStatusCode
            && response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable))
        {
            return await HeadAsync(address, digest, size, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await ReadAsync(response, digest, size, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (response.IsSuccessStatusCode && error.ErrorId == ErrorIds.RegistryUnreachable)
        {
            return null;
        }
    }

    private async Task<bool> ReadAsync(HttpResponseMessage response, Digest digest, long? size, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return size is null or 0;
        }

        await RegistryErrors.EnsureSuccessAsync(
            response, $"ask '{repository.Name}' for the blob {digest}", cancellationToken).ConfigureAwait(false);
        // A response of another size, from a proxy for example, is not the blob.
        if (size is { } expected && GetSize(response) is { } length && length != expected)
        {
            return false;
        }

        using var body = new ResponseStream(
            response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), repository.Registry);
        using var buffer = new PooledBuffer(1);
        return size == 0 || await body.ReadAsync(buffer.Memory[..1], cancellationToken).ConfigureAwait(false) > 0;
    }

    private async Task<bool> HeadAsync(Uri address, Digest digest, long? size, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Head, address, _scopes, null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await RegistryErrors.EnsureSuccessAsync(
            response, $"ask '{repository.Name}' for the blob {digest}", cancellationToken).ConfigureAwait(false);
        return size is null || GetSize(response) is not { } length || length == size;
    }

    /// <summary>The blob's size according to the response; null if the response was compressed in transit.</summary>
    private static long? GetSize(HttpResponseMessage response) => response.Content.Headers.ContentEncoding.Count > 0 ? null
        : response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.Length
        : response.Content.Headers.ContentLength;
}
