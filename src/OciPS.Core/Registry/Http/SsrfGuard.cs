// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Sockets;

namespace OciPS.Registry.Http;

/// <summary>
/// Makes the connections of an HTTP client; refuses addresses on this machine or its local network for requests to addresses that a
/// registry gave.
/// </summary>
/// <remarks>The address is checked when connecting, so a changed DNS record does no harm.</remarks>
internal sealed class SsrfGuard(HttpConnections connections, bool refusesLocal)
{
    private static readonly TimeSpan s_perAddress = TimeSpan.FromSeconds(10);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint target = context.DnsEndPoint;
        IPAddress[] addresses = await connections.Network.ResolveAsync(
            HttpConnections.Unbracket(target.Host), cancellationToken).ConfigureAwait(false);
        if (refusesLocal && !IsProxy(context))
        {
            IPAddress[] allowed = Array.FindAll(addresses, address => !LocalAddress.Is(address));
            addresses = allowed.Length > 0 || addresses.Length == 0 ? allowed : throw Refused(target.Host, addresses[0]);
        }

        (Stream connection, IPAddress address) = await ConnectAsync(addresses, target.Port, cancellationToken).ConfigureAwait(false);
        if (!LocalAddress.Is(address))
        {
            connections.NoteRemote(target.Host);
        }

        return connection;
    }

    public static RegistryException Refused(string host, IPAddress? address) => new(
        ErrorIds.UnsafeRedirect,
        $"The registry redirects to '{host}'{(address is null ? "" : $" ({address})")}, which is this machine or the network next to it. "
            + "A remote registry must not redirect there; nothing was sent.");

    // The user's own proxy may be on this machine; the proxy decides about its targets.
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.Method == HttpMethod.Connect
        || context.InitialRequestMessage.RequestUri is not { } uri
        || !string.Equals(
            HttpConnections.Unbracket(uri.IdnHost), HttpConnections.Unbracket(context.DnsEndPoint.Host), StringComparison.OrdinalIgnoreCase)
        || uri.Port != context.DnsEndPoint.Port;

    private async Task<(Stream Connection, IPAddress Address)> ConnectAsync(
        IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            if (addresses.Length == 0)
            {
                throw new SocketException((int)SocketError.HostNotFound);
            }

            bool isLast = i == addresses.Length - 1;
            using var patience = new CancellationTokenSource(
                isLast ? Timeout.InfiniteTimeSpan : s_perAddress, connections.Timing.Clock);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            try
            {
                return (
                    await connections.Network.ConnectAsync(new IPEndPoint(addresses[i], port), timeout.Token).ConfigureAwait(false),
                    addresses[i]);
            }
            catch (Exception error) when (!isLast && (
                error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)))
            {
                // Another address may respond.
            }
        }
    }
}
