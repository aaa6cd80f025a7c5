// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net;
using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry.Upload;

/// <summary>An upload that a registry has started.</summary>
/// <param name="Location">The address of the next request.</param>
/// <param name="MinimumChunk">The minimum size in bytes of all chunks but the last; 0 if the registry gives none.</param>
internal sealed record UploadLocation(Uri Location, long MinimumChunk)
{
    private const int DefaultChunkSize = 8 * 1024 * 1024;
    private const int MaximumChunkSize = 128 * 1024 * 1024;
    private const string MinimumChunkHeader = "OCI-Chunk-Min-Length";

    /// <summary>Whether the registry gives a minimum chunk size, and so requires chunks.</summary>
    public bool WantsChunks => MinimumChunk > 0;

    /// <summary>Whether the required chunks are small enough to be held in memory.</summary>
    public bool TakesChunks => MinimumChunk <= MaximumChunkSize;

    /// <summary>The chunk size in bytes.</summary>
    public int ChunkSize => (int)Math.Clamp(MinimumChunk, DefaultChunkSize, MaximumChunkSize);

    /// <summary>The upload of a response; null without a <c>Location</c>.</summary>
    public static UploadLocation? From(HttpResponseMessage response) =>
        ResponseLocation.From(response) is { } location ? new UploadLocation(location, GetMinimumChunk(response)) : null;

    /// <summary>The address that completes an upload.</summary>
    public Uri GetEnd(Digest digest) => new UriBuilder(Location)
    {
        Query = (Location.Query.Length > 1 ? Location.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(digest.ToString()),
    }.Uri;

    /// <summary>The number of bytes that the registry has received; null if the response does not say.</summary>
    public static long? GetReceived(HttpResponseMessage response)
    {
        string? range = response.Headers.TryGetValues("Range", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        string? last = range?[(range.LastIndexOf('-') + 1)..];
        return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long position)
            ? (position == 0 ? 0 : position + 1)
            : null;
    }

    /// <summary>Whether a response says that its upload no longer exists.</summary>
    public static bool IsLost(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>The upload mode after the registry refused a part of a blob.</summary>
    /// <param name="refusal">The response.</param>
    /// <param name="mode">The mode of the refused part.</param>
    /// <param name="offset">The offset of the part in bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<UploadMode> ModeAfterAsync(
        HttpResponseMessage refusal, UploadMode mode, long offset, CancellationToken cancellationToken) =>
        mode == UploadMode.Stream && refusal.StatusCode == HttpStatusCode.RequestEntityTooLarge ? UploadMode.Chunks
        : offset > 0 ? mode

        : mode == UploadMode.Stream && (MissesLength(refusal) || await IsCutShortAsync(refusal, cancellationToken).ConfigureAwait(false))
        ? UploadMode.Chunks
        : await KnowsNoPartsAsync(refusal, cancellationToken).ConfigureAwait(false) ? UploadMode.Whole
        : mode;

    // Servers that require a length or a range use one of these status codes.
    private static bool MissesLength(HttpResponseMessage refusal) => refusal.StatusCode
        is HttpStatusCode.BadRequest or HttpStatusCode.LengthRequired or HttpStatusCode.RequestedRangeNotSatisfiable
            or HttpStatusCode.NotImplemented;

    // A server that refuses a running request closes the connection, and its error body is lost: the body decides what 404 means. A chunk
    // is small enough for the body to arrive.
    private static async Task<bool> IsCutShortAsync(HttpResponseMessage refusal, CancellationToken cancellationToken) =>
        refusal.StatusCode == HttpStatusCode.NotFound
            && !await RegistryErrors.IsReadableAsync(refusal, cancellationToken).ConfigureAwait(false);

    private static async Task<bool> KnowsNoPartsAsync(HttpResponseMessage refusal, CancellationToken cancellationToken) =>
        refusal.StatusCode switch
        {
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented or HttpStatusCode.UnsupportedMediaType => true,
            // A registry that has lost the upload, or has restarted and cannot read its state, returns these codes.
            HttpStatusCode.NotFound =>
                !await RegistryErrors.HasCodeAsync(refusal, "BLOB_UPLOAD_UNKNOWN", cancellationToken).ConfigureAwait(false)
                && !await RegistryErrors.HasCodeAsync(refusal, "BLOB_UPLOAD_INVALID", cancellationToken).ConfigureAwait(false),
            _ => false,
        };

    private static long GetMinimumChunk(HttpResponseMessage response) =>
        response.Headers.TryGetValues(MinimumChunkHeader, out IEnumerable<string>? values)
        && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long minimum)
            ? minimum
            : 0;
}
