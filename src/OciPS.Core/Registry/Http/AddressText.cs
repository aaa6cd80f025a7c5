// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Http;

/// <summary>
/// Addresses for messages, without secrets: user names and passwords, signatures of storage services, and states of uploads.
/// </summary>
internal static class AddressText
{
    /// <summary>Scheme, host and port.</summary>
    public static string Place(this Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Scheme, host, port and path.</summary>
    public static string PlaceAndPath(this Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
