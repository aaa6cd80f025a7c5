// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Sockets;

namespace OciPS.Registry.Http;

/// <summary>Recognises addresses of this machine and its local network: loopback, link-local, unspecified.</summary>
/// <remarks>RFC 6890. A cloud's metadata service is at a link-local address.</remarks>
internal static class LocalAddress
{
    public static bool Is(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return IPAddress.IsLoopback(plain) || plain.IsIPv6LinkLocal || plain.Equals(IPAddress.IPv6Any);
        }

        Span<byte> bytes = stackalloc byte[4];
        return plain.TryWriteBytes(bytes, out _) && (bytes[0] is 0 or 127 || (bytes[0] == 169 && bytes[1] == 254));
    }

    /// <summary>Whether a host name by itself means this machine.</summary>
    public static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <summary>Whether all addresses of a host are local; false if it cannot be resolved.</summary>
    public static async Task<bool> IsAsync(string host, INetwork network, CancellationToken cancellationToken)
    {
        if (IsLoopbackName(host))
        {
            return true;
        }

        try
        {
            IPAddress[] addresses = await network.ResolveAsync(HttpConnections.Unbracket(host), cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 && Array.TrueForAll(addresses, Is);
        }
        catch (SocketException)
        {
            // Behind a proxy, only the proxy resolves the name.
            return false;
        }
    }
}
