// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Resilience;

/// <summary>Tells faults that pass from those that stay.</summary>
internal static class TransientFaults
{
    /// <summary>Whether a request that ended so may end better when it is sent again.</summary>
    public static bool IsTransient(Exception error) => error is RegistryException { IsTransient: true };

    /// <summary>
    /// Whether a transfer that failed may succeed later: a name that is not there, a certificate that nobody trusts and headers without end
    /// stay what they are.
    /// </summary>
    public static bool IsTransient(HttpRequestException error) => error.HttpRequestError
        is not (HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ConfigurationLimitExceeded
            or HttpRequestError.UserAuthenticationError or HttpRequestError.VersionNegotiationError);

    /// <summary>Whether a registry that answered so may answer better later.</summary>
    /// <remarks>
    /// Registries give a reason with every 500, "unknown error" for instance where their storage stumbled: it tells nothing of whether that
    /// passes.
    /// </remarks>
    public static bool IsTransient(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.GatewayTimeout;

    /// <summary>How long a registry asks to be left alone; null if it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider clock)
    {
        TimeSpan? asked = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => null,
        };
        // What is over already says nothing of how long to wait.
        return asked > TimeSpan.Zero ? asked : null;
    }
}
