// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net;
using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry.Upload;

/// <summary>An upload that a registry has begun.</summary>
/// <param name="Location">Where it goes on.</param>
/// <param name="MinimumChunk">How large all chunks but the last have to be at least; 0 if the registry does not say.</param>
internal sealed record UploadLocation(Uri Location, long MinimumChunk)
{
    private const int DefaultChunkSize = 8 * 1024 * 1024;
    private const int MaximumChunkSize = 128 * 1024 * 1024;
    private const string MinimumChunkHeader = "OCI-Chunk-Min-Length";

    /// <summary>Whether the registry says how large chunks have to be: then it wants them.</summary>
    public bool WantsChunks => MinimumChunk > 0;

    /// <summary>Whether the chunks that the registry wants are small enough to be held in memory.</summary>
    public bool TakesChunks => MinimumChunk <= MaximumChunkSize;

    /// <summary>How large chunks are, in bytes.</summary>
    public int ChunkSize => (int)Math.Clamp(MinimumChunk, DefaultChunkSize, MaximumChunkSize);

    /// <summary>The session of an answer; null if that does not say where to go on.</summary>
    public static UploadLocation? From(HttpResponseMessage response) =>
        ResponseLocation.From(response) is { } location ? new UploadLocation(location, GetMinimumChunk(response)) : null;

    /// <summary>Where an upload ends.</summary>
    public Uri GetEnd(Digest digest) => new UriBuilder(Location)
    {
        Query = (Location.Query.Length > 1 ? Location.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(digest.ToString()),
    }.Uri;

    /// <summary>How many bytes the registry has, as its answer says; null if it does not say.</summary>
    public static long? GetReceived(HttpResponseMessage response)
    {
        string? range = response.Headers.TryGetValues("Range", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        string? last = range?[(range.LastIndexOf('-') + 1)..];
        return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long position)
            ? (position == 0 ? 0 : position + 1)
            : null;
    }

    /// <summary>Whether an answer says that the upload it was sent to is no more.</summary>
    public static bool IsLost(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>How the registry is to be sent blobs after it refused a part of one.</summary>
    /// <param name="refusal">Its answer.</param>
    /// <param name="mode">How that part was sent.</param>
    /// <param name="offset">How much the registry had before it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<UploadMode> ModeAfterAsync(
        HttpResponseMessage refusal, UploadMode mode, long offset, CancellationToken cancellationToken) =>
        mode == UploadMode.Stream && refusal.StatusCode == HttpStatusCode.RequestEntityTooLarge ? UploadMode.Chunks
        : offset > 0 ? mode

        : mode == UploadMode.Stream && (MissesLength(refusal) || await IsCutShortAsync(refusal, cancellationToken).ConfigureAwait(false))
        ? UploadMode.Chunks
        : await KnowsNoPartsAsync(refusal, cancellationToken).ConfigureAwait(false) ? UploadMode.Whole
        : mode;

    // Who misses a length or a range says so in one of these ways.
    private static bool MissesLength(HttpResponseMessage refusal) => refusal.StatusCode
        is HttpStatusCode.BadRequest or HttpStatusCode.LengthRequired or HttpStatusCode.RequestedRangeNotSatisfiable
            or HttpStatusCode.NotImplemented;

    // Who refuses what is still being sent closes the connection, and its words get lost: they decide what a 404 means. A chunk
    // is small enough for them to come through.
    private static async Task<bool> IsCutShortAsync(HttpResponseMessage refusal, CancellationToken cancellationToken) =>
        refusal.StatusCode == HttpStatusCode.NotFound
            && !await RegistryErrors.IsReadableAsync(refusal, cancellationToken).ConfigureAwait(false);

    private static async Task<bool> KnowsNoPartsAsync(HttpResponseMessage refusal, CancellationToken cancellationToken) =>
        refusal.StatusCode switch
        {
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented or HttpStatusCode.UnsupportedMediaType => true,
            // A registry that has lost the upload, or was started again since and cannot read its state any more, says that in these words.
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
