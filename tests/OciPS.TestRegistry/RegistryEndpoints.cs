// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>The endpoints of the distribution specification.</summary>
internal sealed class RegistryEndpoints(RegistryContent content, RegistryServerOptions options)
{
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();

    /// <summary>How many uploads were begun and not ended.</summary>
    public int OpenUploads => _uploads.Count;

    /// <summary>Forgets all uploads, as a registry does that was started again.</summary>
    public void LoseUploads() => _uploads.Clear();

    public static string GetRepository(string path)
    {
        string rest = path["/v2/".Length..];
        foreach (string part in new[] { "/manifests/", "/blobs/", "/tags/", "/referrers/" })
        {
            int at = rest.LastIndexOf(part, StringComparison.Ordinal);
            if (at > 0)
            {
                return rest[..at];
            }
        }

        return rest;
    }

    public Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (!path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            return NotFoundAsync(context, "NAME_UNKNOWN");
        }

        string repository = GetRepository(path);
        string rest = path[("/v2/".Length + repository.Length)..];
        return rest switch
        {
            "" => Task.CompletedTask,
            _ when rest.StartsWith("/manifests/", StringComparison.Ordinal) =>
                HandleManifestAsync(context, repository, rest["/manifests/".Length..]),
            _ when rest.StartsWith("/blobs/uploads/", StringComparison.Ordinal) =>
                HandleUploadAsync(context, repository, rest["/blobs/uploads/".Length..]),
            _ when rest.StartsWith("/blobs/", StringComparison.Ordinal) => HandleBlobAsync(context, repository, rest["/blobs/".Length..]),
            "/tags/list" => ListTagsAsync(context, repository),
            _ when rest.StartsWith("/referrers/", StringComparison.Ordinal) && options.HasReferrersApi =>
                ListReferrersAsync(context, repository, rest["/referrers/".Length..]),
            _ => NotFoundAsync(context, "UNSUPPORTED"),
        };
    }

    private static Task NotFoundAsync(HttpContext context, string code) => FailAsync(context, StatusCodes.Status404NotFound, code);

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { errors = new[] { new { code, message = code.ToLowerInvariant() } } });
    }

    private Task ListTagsAsync(HttpContext context, string repository)
    {
        string[] tags = content.TagsIn(repository).Order(StringComparer.Ordinal).ToArray();
        if (tags.Length == 0)
        {
            return NotFoundAsync(context, "NAME_UNKNOWN");
        }

        string last = context.Request.Query["last"].ToString();
        string[] rest = tags.Where(tag => string.CompareOrdinal(tag, last) > 0).ToArray();
        string[] page = rest.Take(options.PageSize).ToArray();
        if (page.Length < rest.Length)
        {
            context.Response.Headers.Link = $"</v2/{repository}/tags/list?n={options.PageSize}&last={page[^1]}>; rel=\"next\"";
        }

        return context.Response.WriteAsJsonAsync(new { name = repository, tags = page });
    }

    private Task ListReferrersAsync(HttpContext context, string repository, string digest)
    {
        object[] manifests = content.GetReferrers(repository, digest)
            .Select(
                manifest =>
                    (object)new
                    {
                        mediaType = manifest.MediaType,
                        digest = manifest.Digest,
                        size = manifest.Bytes.Length,
                        artifactType = "application/vnd.test",
                    })
                        .ToArray();
        return context.Response.WriteAsJsonAsync(
            new { schemaVersion = 2, mediaType = "application/vnd.oci.image.index.v1+json", manifests }, (
                System.Text.Json.JsonSerializerOptions?)null, "application/vnd.oci.image.index.v1+json");
    }

    private async Task HandleManifestAsync(HttpContext context, string repository, string name)
    {
        if (HttpMethods.IsPut(context.Request.Method))
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body).ConfigureAwait(false);
            context.Response.Headers["Docker-Content-Digest"] = content.PutManifest(
                repository, name, body.ToArray(), context.Request.ContentType ?? "");
            if (options.HasReferrersApi && RegistryContent.GetSubject(body.ToArray()) is { } subject)
            {
                context.Response.Headers["OCI-Subject"] = subject;
            }

            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        if (content.FindManifest(repository, name) is not { } manifest
            || (options.AnswersOnlyWhatIsAccepted && !context.Request.Headers.Accept.ToString().Contains(
                manifest.MediaType, StringComparison.Ordinal)))
        {
            await NotFoundAsync(context, "MANIFEST_UNKNOWN").ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = manifest.MediaType;
        context.Response.Headers["Docker-Content-Digest"] = name.Contains(':', StringComparison.Ordinal) ? name : manifest.Digest;
        await SendAsync(context, manifest.Bytes).ConfigureAwait(false);
    }

    private async Task HandleBlobAsync(HttpContext context, string repository, string digest)
    {
        if (content.FindBlob(repository, digest) is not { } blob)
        {
            await NotFoundAsync(context, "BLOB_UNKNOWN").ConfigureAwait(false);
        }
        else if (options.RedirectBlobsTo is { } other && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect(other + context.Request.Path, permanent: false, preserveMethod: true);
        }
        else
        {
            context.Response.ContentType = "application/octet-stream";
            await SendAsync(context, GetPart(context, blob)).ConfigureAwait(false);
        }
    }

    /// <summary>The part of a blob that was asked for; RFC 9110, section 14.</summary>
    private ReadOnlyMemory<byte> GetPart(HttpContext context, byte[] blob)
    {
        string range = context.Request.Headers.Range.ToString();
        if (range.Length == 0 || options.KnowsNoRanges)
        {
            return blob;
        }

        string[] ends = range["bytes=".Length..].Split('-');
        int from = int.Parse(ends[0], CultureInfo.InvariantCulture);
        if (from >= blob.Length)
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return default;
        }

        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        int last = ends[1].Length > 0 ? Math.Min(int.Parse(ends[1], CultureInfo.InvariantCulture), blob.Length - 1) : blob.Length - 1;
        context.Response.Headers.ContentRange = $"bytes {from}-{last}/{blob.Length}";
        return blob.AsMemory(from..(last + 1));
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes).ConfigureAwait(false);
        }
    }

    private async Task HandleUploadAsync(HttpContext context, string repository, string id)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsPost(request.Method))
        {
            Begin(context, repository);
            return;
        }

        if (!_uploads.TryGetValue(id, out MemoryStream? upload))
        {
            await NotFoundAsync(context, "BLOB_UPLOAD_UNKNOWN").ConfigureAwait(false);
        }
        else if (HttpMethods.IsDelete(request.Method))
        {
            _uploads.TryRemove(id, out _);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (HttpMethods.IsGet(request.Method))
        {
            Continue(context, repository, id);
            TellReceived(context, upload);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (HttpMethods.IsPatch(request.Method) && GetRefusal(request) is { } refusal)
        {
            await FailAsync(context, refusal, "UNSUPPORTED").ConfigureAwait(false);
        }
        else if (HttpMethods.IsPatch(request.Method))
        {
            await AppendAsync(context, repository, id, upload).ConfigureAwait(false);
        }
        else
        {
            await FinishAsync(context, repository, id, upload).ConfigureAwait(false);
        }
    }

    private int? GetRefusal(HttpRequest part) => options.RefusesChunks ?? (part.ContentLength is null ? options.RefusesStreams : null);

    private void Begin(HttpContext context, string repository)
    {
        string mount = context.Request.Query["mount"].ToString();
        if (mount.Length > 0 && content.FindBlob(context.Request.Query["from"].ToString(), mount) is { } blob)
        {
            content.PutBlob(repository, blob);
            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        string id = Guid.NewGuid().ToString("N");
        _uploads[id] = new MemoryStream();
        if (options.MinimumChunk is { } minimum)
        {
            context.Response.Headers["OCI-Chunk-Min-Length"] = minimum.ToString(CultureInfo.InvariantCulture);
        }

        Continue(context, repository, id);
    }

    private void Continue(HttpContext context, string repository, string id)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        if (options.HidesLocation)
        {
            return;
        }

        context.Response.Headers.Location = $"{options.UploadTo}/v2/{repository}/blobs/uploads/{id}?state=some";
    }

    // As docker-registry does: the position of the last byte, and 0-0 for none.
    private static void TellReceived(HttpContext context, MemoryStream upload) =>
        context.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";

    private async Task AppendAsync(HttpContext context, string repository, string id, MemoryStream upload)
    {
        string range = context.Request.Headers.ContentRange.ToString();
        if (range.Length > 0 && !range.StartsWith(upload.Length.ToString(CultureInfo.InvariantCulture) + "-", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return;
        }

        await context.Request.Body.CopyToAsync(upload).ConfigureAwait(false);
        Continue(context, repository, id);
        TellReceived(context, upload);
    }

    private async Task FinishAsync(HttpContext context, string repository, string id, MemoryStream upload)
    {
        await context.Request.Body.CopyToAsync(upload).ConfigureAwait(false);
        byte[] bytes = upload.ToArray();
        if (RegistryContent.GetDigest(bytes, context.Request.Query["digest"]) != context.Request.Query["digest"])
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, "DIGEST_INVALID").ConfigureAwait(false);
            return;
        }

        _uploads.TryRemove(id, out _);
        content.PutBlob(repository, bytes, context.Request.Query["digest"]);
        context.Response.StatusCode = StatusCodes.Status201Created;
    }
}
