// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Sockets;

namespace OciPS.Registry.Http;

/// <summary>How names become addresses, and addresses connections; a test may put its own in place.</summary>
/// <param name="ResolveAsync">Gives the addresses of a host.</param>
/// <param name="ConnectAsync">Connects to an address.</param>
internal sealed record Network(
    Func<string, CancellationToken, Task<IPAddress[]>> ResolveAsync, Func<IPEndPoint, CancellationToken, Task<Stream>> ConnectAsync)
{
    public static Network System { get; } = new(ResolveBySystemAsync, ConnectBySystemAsync);

    public static Network Current { get; set; } = System;

    private static async Task<IPAddress[]> ResolveBySystemAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out IPAddress? address)
            ? [address]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);

    private static async Task<Stream> ConnectBySystemAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
