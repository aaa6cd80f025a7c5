// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;
using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>Sends blobs: in one piece where the digest is known before, in chunks where it is known at the end only.</summary>
/// <remarks>Distribution specification, "Pushing Blobs".</remarks>
internal sealed class BlobUploader(RegistryClient client, ImageReference repository)
{
    private const int DefaultChunkSize = 8 * 1024 * 1024;
    private const int MaximumChunkSize = 128 * 1024 * 1024;
    private const string MinimumChunkHeader = "OCI-Chunk-Min-Length";

    private static readonly TimeSpan s_cancelTimeout = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<string> _push = [RegistryScope.PullPush(repository.Repository)];
    private readonly ConcurrentDictionary<Digest, Session> _offered = [];

    private readonly record struct Session(Uri Location, int ChunkSize);

    public async Task<WrittenBlob> WriteAsync(BlobSource source, CancellationToken cancellationToken)
    {
        string what = source.Known is { } known ? $"the blob {known.Digest}" : "a new layer";
        Session session = source.Known is not null && _offered.TryRemove(source.Known.Digest, out Session offered)
            ? offered
            : await BeginAsync(what, cancellationToken).ConfigureAwait(false);
        bool done = false;
        try
        {
            WrittenBlob written = source.Known is null
                ? await WriteChunksAsync(session, source, what, location => session = session with { Location = location }, cancellationToken).ConfigureAwait(false)
                : await WriteWholeAsync(session, source, source.Known, what, cancellationToken).ConfigureAwait(false);
            done = true;
            return written;
        }
        finally
        {
            if (!done)
            {
                await CancelAsync(session).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks the registry to take a blob over from another of its repositories; keeps the upload that it may offer instead.</summary>
    public async Task<bool> TryMountAsync(Descriptor blob, string from, CancellationToken cancellationToken)
    {
        string path = $"{repository.Repository}/blobs/uploads/?mount={Uri.EscapeDataString(blob.Digest.ToString())}&from={Uri.EscapeDataString(from)}";
        using HttpResponseMessage response = await client.SendAsync(
            HttpMethod.Post, path, [.. _push, RegistryScope.Pull(from)], Empty, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Accepted && RegistryClient.LocationOf(response) is { } location)
        {
            _offered[blob.Digest] = new Session(location, ChunkSizeOf(response));
        }

        return response.StatusCode == HttpStatusCode.Created;
    }

    private static void Empty(HttpRequestMessage request) => request.Content = new ByteArrayContent([]);

    private static int ChunkSizeOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(MinimumChunkHeader, out IEnumerable<string>? values)
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int minimum)
            ? Math.Clamp(minimum, DefaultChunkSize, MaximumChunkSize)
            : DefaultChunkSize;

    private static Uri WithDigest(Uri location, Digest digest) => new UriBuilder(location)
    {
        Query = (location.Query.Length > 1 ? location.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(digest.ToString()),
    }.Uri;

    private async Task<Session> BeginAsync(string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.SendAsync(
            HttpMethod.Post, $"{repository.Repository}/blobs/uploads/", _push, Empty, cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, $"begin the upload of {what} to '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        return new Session(NextLocation(response, what), ChunkSizeOf(response));
    }

    private Uri NextLocation(HttpResponseMessage response, string what) => RegistryClient.LocationOf(response) ?? throw new RegistryException(
        ErrorIds.RegistryError,
        $"'{repository.Registry}' did not say where to send {what}: its answer (status {(int)response.StatusCode}) has no Location.",
        (int)response.StatusCode);

    private async Task<WrittenBlob> WriteWholeAsync(Session session, BlobSource source, Descriptor known, string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.SendAsync(
            HttpMethod.Put,
            WithDigest(session.Location, known.Digest),
            _push,
            request => request.Content = new BlobContent(source, known.Size),
            cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, $"take {what} in '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        return new WrittenBlob(known.Digest, known.Size);
    }

    private async Task<WrittenBlob> WriteChunksAsync(
        Session session, BlobSource source, string what, Action<Uri> moved, CancellationToken cancellationToken)
    {
        Uri location = session.Location;
        using var chunks = new ChunkStream(session.ChunkSize, async (chunk, offset, token) =>
        {
            location = await WriteChunkAsync(location, chunk, offset, what, token).ConfigureAwait(false);
            moved(location);
        });
        using var content = new HashingWriteStream(chunks);
        await source.WriteToAsync(content, cancellationToken).ConfigureAwait(false);
        await chunks.FinishAsync(cancellationToken).ConfigureAwait(false);

        var written = new WrittenBlob(content.Finish(), content.BytesWritten);
        using HttpResponseMessage response = await client.SendAsync(
            HttpMethod.Put, WithDigest(location, written.Digest), _push, Empty, cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, $"take {what} in '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        return written;
    }

    private async Task<Uri> WriteChunkAsync(Uri location, ReadOnlyMemory<byte> chunk, long offset, string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.SendAsync(
            HttpMethod.Patch,
            location,
            _push,
            request =>
            {
                request.Content = new ReadOnlyMemoryContent(chunk);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                request.Content.Headers.TryAddWithoutValidation("Content-Range", $"{offset}-{offset + chunk.Length - 1}");
            },
            cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, $"take a chunk of {what} in '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        return NextLocation(response, what);
    }

    /// <summary>Tells the registry that an upload will not be finished; it may take that or leave it.</summary>
    private async Task CancelAsync(Session session)
    {
        using var timeout = new CancellationTokenSource(s_cancelTimeout);
        try
        {
            using HttpResponseMessage response = await client.SendAsync(HttpMethod.Delete, session.Location, _push, null, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OciException or OperationCanceledException)
        {
            // The error that stopped the upload says more.
        }
    }
}
