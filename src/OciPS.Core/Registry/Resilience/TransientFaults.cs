// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Resilience;

/// <summary>Tells transient faults from permanent ones.</summary>
internal static class TransientFaults
{
    /// <summary>Whether repeating the request may succeed.</summary>
    public static bool IsTransient(Exception error) => error is RegistryException { IsTransient: true };

    /// <summary>
    /// Whether a failed transfer may succeed later: unknown names, untrusted certificates and oversized headers are permanent.
    /// </summary>
    public static bool IsTransient(HttpRequestException error) => error.HttpRequestError
        is not (HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ConfigurationLimitExceeded
            or HttpRequestError.UserAuthenticationError or HttpRequestError.VersionNegotiationError);

    /// <summary>Whether a retry may get a better response.</summary>
    /// <remarks>
    /// Registries give a reason with every status 500, such as "unknown error" for a storage failure; it does not tell whether the failure
    /// is transient.
    /// </remarks>
    public static bool IsTransient(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.GatewayTimeout;

    /// <summary>The wait that a registry requests; null if it requests none.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider clock)
    {
        TimeSpan? asked = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => null,
        };
        // A time in the past is no information about how long to wait.
        return asked > TimeSpan.Zero ? asked : null;
    }
}
