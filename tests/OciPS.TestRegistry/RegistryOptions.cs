// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>How the registry behaves; what is not set is as the distribution specification says.</summary>
public sealed class RegistryOptions
{
    /// <summary>Asks for this user and password with a Basic challenge.</summary>
    public (string User, string Password)? Basic { get; set; }

    /// <summary>Asks for tokens, which its own token service gives to this user (an empty one: to anybody).</summary>
    public (string User, string Password)? Bearer { get; set; }

    /// <summary>What the token service says of its address; the place of the registry itself stands for {0}.</summary>
    public string Realm { get; set; } = "{0}/token";

    /// <summary>Sends readers of blobs to this address, with the path behind it.</summary>
    public string? RedirectBlobsTo { get; set; }

    /// <summary>Sends uploads to this address, with the path behind it.</summary>
    public string? UploadTo { get; set; }

    /// <summary>The smallest chunk that it says it takes.</summary>
    public int? MinimumChunk { get; set; }

    /// <summary>Answers some requests in its own way; true if it did.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }
}
