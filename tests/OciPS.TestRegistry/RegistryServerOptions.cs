// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>How the registry behaves; what is not set is as the distribution specification says.</summary>
public sealed class RegistryServerOptions
{
    /// <summary>Asks for this user and password with a Basic challenge.</summary>
    public (string User, string Password)? Basic { get; set; }

    /// <summary>Asks for tokens, which its own token service gives to this user (an empty one: to anybody).</summary>
    public (string User, string Password)? Bearer { get; set; }

    /// <summary>How many requests a token is good for; null for as many as come.</summary>
    public int? TokenUses { get; set; }

    /// <summary>What the token service says of its address; the place of the registry itself stands for {0}.</summary>
    public string Realm { get; set; } = "{0}/token";

    /// <summary>Sends readers of blobs to this address, with the path behind it.</summary>
    public string? RedirectBlobsTo { get; set; }

    /// <summary>Sends uploads to this address, with the path behind it.</summary>
    public string? UploadTo { get; set; }

    /// <summary>The smallest chunk that it says it takes.</summary>
    public long? MinimumChunk { get; set; }

    /// <summary>How many tags it lists at a time.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Has the referrers API, and says so when a manifest with a subject is pushed.</summary>
    public bool HasReferrersApi { get; set; }

    /// <summary>Has no manifest of a type that was not asked for, as Docker's registry does.</summary>
    public bool AnswersOnlyWhatIsAccepted { get; set; }

    /// <summary>What goes wrong with a request, by its number (from 1 on) and what it is; null if nothing does.</summary>
    public Func<int, RegistryRequest, RegistryFault?>? Fault { get; set; }

    /// <summary>Sends a whole blob where a part was asked for.</summary>
    public bool KnowsNoRanges { get; set; }

    /// <summary>Takes no chunks, and says so with this status.</summary>
    public int? RefusesChunks { get; set; }

    /// <summary>Takes no part of a blob that does not say its size, and says so with this status.</summary>
    public int? RefusesStreams { get; set; }

    /// <summary>Does not say where an upload goes on.</summary>
    public bool HidesLocation { get; set; }

    /// <summary>Answers some requests in its own way; true if it did.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }
}
