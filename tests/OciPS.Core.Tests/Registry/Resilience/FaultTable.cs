// SPDX-License-Identifier: MIT

using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>What may go wrong with a request, and how that may end.</summary>
internal static class FaultTable
{
    /// <summary>What goes wrong with any request.</summary>
    public static readonly RegistryFault[] Faults =
    [
        .. new[] { 400, 401, 403, 404, 405, 408, 416, 429, 500, 501, 502, 503, 504 }.Select(RegistryFault.FromStatus),
        new("500 with a reason") { Status = 500, Body = """{"errors":[{"code":"UNKNOWN","message":"no disk"}]}""" },
        new("404 of an upload") { Status = 404, Body = """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"gone"}]}""" },
        new("200 without anything") { Status = 200 },
        new("202 without Location") { Status = 202 },
        new("503 with Retry-After") { Status = 503, RetryAfter = "0" },
        new("429 for an hour") { Status = 429, RetryAfter = "3600" },
        new("redirect to itself") { Status = 307, Location = "?again=1" },
        new("redirect to nowhere") { Status = 302, Location = "http://127.0.0.1:9/" },
        new("reset") { Resets = true },
        new("lost answer") { LosesAnswer = true, CutAt = 0 },
        new("cut at 0") { CutAt = 0 },
        new("cut at 100") { CutAt = 100 },
        new("upload cut at 0") { CutUploadAt = 0 },
        new("upload cut at 50") { CutUploadAt = 50 },
        new("wrong bytes") { WrongBytes = true },
        new("lost uploads") { LosesUploads = true },
        new("delay") { Delay = TimeSpan.FromMilliseconds(20) },
        new("slow body") { Pause = TimeSpan.FromMilliseconds(5) },
    ];

    /// <summary>What goes wrong where tokens are needed.</summary>
    public static readonly RegistryFault[] TokenFaults =
    [
        new("tokens ended") { EndsTokens = true },
        new("200 without anything") { Status = 200 },
        new("tokens ended and 503") { EndsTokens = true, Status = 503 },
        new("tokens ended and reset") { EndsTokens = true, Resets = true },
        new("tokens ended and upload cut") { EndsTokens = true, CutUploadAt = 50 },
        RegistryFault.FromStatus(401),
        RegistryFault.FromStatus(403),
        RegistryFault.FromStatus(503),
    ];

    /// <summary>What the documentation of the cmdlets names for registries.</summary>
    public static readonly string[] Documented =
    [
        "RegistryError", "RegistryUnreachable", "TooManyRequests", "Unauthorized", "AccessDenied", "ManifestNotFound", "BlobNotFound",
        "DigestMismatch", "SizeMismatch", "InvalidManifest", "UnsupportedMediaType", "NotStored",
    ];

    /// <summary>
    /// Whether a fault is one that can be told: a registry that says of a blob that it took it, and did not, is beyond help.
    /// </summary>
    public static bool Fits(RegistryFault fault, RegistryRequest request) => fault.Status switch
    {
        200 => request.Method == "GET"
            || (request.Method is "HEAD" or "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)),
        202 => request.Method is "POST" or "PATCH"
            || (request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)),
        _ => true,
    };
}
