// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Http;

/// <summary>The <c>Location</c> of a response.</summary>
/// <remarks>RFC 9110, section 10.2.2.</remarks>
internal static class ResponseLocation
{
    /// <summary>The absolute address in <c>Location</c>; null if there is none.</summary>
    public static Uri? From(HttpResponseMessage response) => response.Headers.Location is { } location
        ? new Uri(response.RequestMessage!.RequestUri!, location)
        : null;
}
