// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;

namespace OciPS.TestRegistry;

/// <summary>What goes wrong with one request; what is not set goes right.</summary>
/// <param name="Name">What it is, for the test's output.</param>
public sealed record RegistryFault(string Name)
{
    /// <summary>Answers with this status in place of the registry.</summary>
    public int? Status { get; init; }

    /// <summary>The body that comes with the status.</summary>
    public string Body { get; init; } = string.Empty;

    /// <summary>The header's value; empty for none.</summary>
    public string RetryAfter { get; init; } = string.Empty;

    /// <summary>The header's value, with a redirecting status.</summary>
    public string Location { get; init; } = string.Empty;

    /// <summary>Breaks the connection before anything is done.</summary>
    public bool Resets { get; init; }

    /// <summary>Breaks the connection when everything was done, so that nobody hears of it.</summary>
    public bool LosesAnswer { get; init; }

    /// <summary>Waits so long when everything was done, before it answers.</summary>
    public TimeSpan PauseAnswer { get; init; }

    /// <summary>Breaks the connection after so many bytes of the answer's body.</summary>
    public int? CutAt { get; init; }

    /// <summary>Breaks the connection after so many bytes of the request's body.</summary>
    public int? CutUploadAt { get; init; }

    /// <summary>Turns a bit of the answer's body.</summary>
    public bool WrongBytes { get; init; }

    /// <summary>Waits so long before it answers.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Waits so long before each 1,000 bytes of the answer's body.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>After how many bytes of the answer's body it begins to wait.</summary>
    public int PauseAfter { get; init; }

    /// <summary>How it waits; null for as long as that takes.</summary>
    public Func<TimeSpan, CancellationToken, Task>? Wait { get; init; }

    /// <summary>Forgets all tokens that were given out.</summary>
    public bool EndsTokens { get; init; }

    /// <summary>Forgets all uploads.</summary>
    public bool LosesUploads { get; init; }

    public static RegistryFault FromStatus(int status) => new($"status {status}") { Status = status };

    /// <summary>Does what goes wrong before the registry is asked; true if it is not to be asked any more.</summary>
    internal async Task<bool> BeginAsync(HttpContext context, RegistryEndpoints endpoints, RegistryAccess access)
    {
        await WaitAsync(Delay, context.RequestAborted).ConfigureAwait(false);
        if (LosesUploads)
        {
            endpoints.LoseUploads();
        }

        if (EndsTokens)
        {
            access.EndTokens();
        }

        if (Resets)
        {
            context.Abort();
            return true;
        }

        if (CutUploadAt is { } count)
        {
            context.Request.Body = new CutBody(context, context.Request.Body, count);
        }

        context.Response.Body = new FaultyBody(context, context.Response.Body, this);
        return Status is { } status && await AnswerAsync(context.Response, status).ConfigureAwait(false);
    }

    /// <summary>Waits for a while, in whatever time it waits in.</summary>
    internal Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        time == TimeSpan.Zero ? Task.CompletedTask : Wait?.Invoke(time, cancellationToken) ?? Task.Delay(time, cancellationToken);

    private async Task<bool> AnswerAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        if (RetryAfter.Length > 0)
        {
            response.Headers.RetryAfter = RetryAfter;
        }

        if (Location.Length > 0)
        {
            response.Headers.Location = Location;
        }

        if (Body.Length > 0 && response.HttpContext.Request.Method != HttpMethods.Head)
        {
            await response.WriteAsync(Body).ConfigureAwait(false);
        }

        return true;
    }
}
