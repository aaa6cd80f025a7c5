// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OciPS.Registry.Http;

/// <summary>
/// Makes the connections of an HTTP client; one for addresses that a registry gave makes none to this machine or its own network.
/// </summary>
/// <remarks>The address is looked at when it is connected to: a name that meant another one a moment ago does no harm.</remarks>
internal sealed class SsrfGuard(bool refusesLocal)
{
    private static readonly TimeSpan s_perAddress = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<string, bool> s_elsewhere = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a host was ever found at an address that is not this machine's, whatever its name means now.</summary>
    public static bool HasBeenElsewhere(string host) => s_elsewhere.ContainsKey(GetName(host));

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint target = context.DnsEndPoint;
        IPAddress[] addresses = await Network.Current.ResolveAsync(GetName(target.Host), cancellationToken).ConfigureAwait(false);
        if (refusesLocal && !IsProxy(context))
        {
            IPAddress[] allowed = Array.FindAll(addresses, address => !LocalAddress.Is(address));
            addresses = allowed.Length > 0 || addresses.Length == 0 ? allowed : throw Refused(target.Host, addresses[0]);
        }

        (Stream connection, IPAddress address) = await ConnectAsync(addresses, target.Port, cancellationToken).ConfigureAwait(false);
        if (!LocalAddress.Is(address))
        {
            s_elsewhere[GetName(target.Host)] = true;
        }

        return connection;
    }

    public static RegistryException Refused(string host, IPAddress? address) => new(
        ErrorIds.UnsafeRedirect,
        $"The registry redirects to '{host}'{(address is null ? "" : $" ({address})")}, which is this machine or the network next to it. A remote registry must not redirect there; nothing was sent.");

    // Addresses of IPv6 come with brackets here and without them there.
    private static string GetName(string host) => host.Trim('[', ']');

    // The user's own proxy may be on this machine; where it goes to is the proxy's to decide.
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.Method == HttpMethod.Connect
        || context.InitialRequestMessage.RequestUri is not { } uri
        || !string.Equals(GetName(uri.IdnHost), GetName(context.DnsEndPoint.Host), StringComparison.OrdinalIgnoreCase)
        || uri.Port != context.DnsEndPoint.Port;

    private static async Task<(Stream Connection, IPAddress Address)> ConnectAsync(
        IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            if (addresses.Length == 0)
            {
                throw new SocketException((int)SocketError.HostNotFound);
            }

            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bool isLast = i == addresses.Length - 1;
            if (!isLast)
            {
                timeout.CancelAfter(s_perAddress);
            }

            try
            {
                return (
                    await Network.Current.ConnectAsync(new IPEndPoint(addresses[i], port), timeout.Token).ConfigureAwait(false),
                    addresses[i]);
            }
            catch (Exception error) when (!isLast && (
                error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)))
            {
                // The next address may answer.
            }
        }
    }
}
