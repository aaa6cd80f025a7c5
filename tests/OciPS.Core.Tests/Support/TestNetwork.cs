// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Sockets;
using OciPS.Registry.Http;

namespace OciPS.Core.Tests.Support;

/// <summary>A network of the test's own: names mean what the test says, and addresses lead to servers on loopback.</summary>
internal sealed class TestNetwork : INetwork
{
    private readonly Dictionary<string, IPAddress[]> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<IPAddress, int> _servers = [];

    private readonly SystemNetwork _system = new();

    public TestNetwork() => TestSession.Use(network: this);

    /// <summary>The addresses that were connected to.</summary>
    public List<IPEndPoint> Connected { get; } = [];

    /// <summary>Gives a name its addresses.</summary>
    public void Name(string host, params string[] addresses) => _names[host] = [.. addresses.Select(IPAddress.Parse)];

    /// <summary>Puts the server at a loopback port at an address.</summary>
    public void Serve(string address, int port) => _servers[IPAddress.Parse(address)] = port;

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out IPAddress? address) ? Task.FromResult<IPAddress[]>([address])
        : _names.TryGetValue(host, out IPAddress[]? known) ? Task.FromResult(known)
        : throw new SocketException((int)SocketError.HostNotFound);

    public Task<Stream> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        lock (Connected)
        {
            Connected.Add(target);
        }

        return _system.ConnectAsync(
            _servers.TryGetValue(target.Address, out int port) ? new IPEndPoint(IPAddress.Loopback, port) : target, cancellationToken);
    }
}
