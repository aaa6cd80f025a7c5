// SPDX-License-Identifier: MIT

using System.Net;
using System.Text.Json;

namespace OciPS.Registry.Resilience;

/// <summary>Tells faults that pass from those that stay.</summary>
internal static class TransientFaults
{
    /// <summary>Whether a request that ended so may end better when it is sent again.</summary>
    public static bool IsTransient(Exception error) => error is RegistryException { IsTransient: true };

    /// <summary>Whether a transfer that failed may succeed later: a name that is not there, a certificate that nobody trusts and headers without end stay what they are.</summary>
    public static bool IsTransient(HttpRequestException error) => error.HttpRequestError
        is not (HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded
            or HttpRequestError.UserAuthenticationError or HttpRequestError.VersionNegotiationError);

    /// <summary>Whether a registry that answered so may answer better later.</summary>
    public static async ValueTask<bool> IsTransientAsync(HttpResponseMessage response, CancellationToken cancellationToken) => response.StatusCode switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => true,
        // A registry that says what is wrong will say so again; one that does not has stumbled.
        HttpStatusCode.InternalServerError => !await SaysWhyAsync(response, cancellationToken).ConfigureAwait(false),
        _ => false,
    };

    /// <summary>How long a registry asks to be left alone; null if it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response)
    {
        TimeSpan? asked = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => null,
        };
        // What is over already says nothing of how long to wait.
        return asked > TimeSpan.Zero ? asked : null;
    }

    private static async Task<bool> SaysWhyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var json = JsonDocument.Parse(await response.BufferStartAsync(cancellationToken).ConfigureAwait(false));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("errors", out JsonElement errors)
                && errors.ValueKind == JsonValueKind.Array
                && errors.GetArrayLength() > 0;
        }
        catch (Exception error) when (error is RegistryException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
