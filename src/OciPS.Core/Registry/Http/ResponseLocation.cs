// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Http;

/// <summary>Where an answer sends its reader next.</summary>
/// <remarks>RFC 9110, section 10.2.2.</remarks>
internal static class ResponseLocation
{
    /// <summary>The address in <c>Location</c>, relative or absolute, made absolute; null if there is none.</summary>
    public static Uri? From(HttpResponseMessage response) => response.Headers.Location is { } location
        ? new Uri(response.RequestMessage!.RequestUri!, location)
        : null;
}
