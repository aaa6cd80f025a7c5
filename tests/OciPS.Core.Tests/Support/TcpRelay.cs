// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>A port on loopback that leads to another one, slowly if need be, and whose connections can be cut.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener = TestPorts.Listen();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly int _port;
    private readonly int _bytesPerSecond;

    /// <param name="port">Where it leads to.</param>
    /// <param name="bytesPerSecond">How fast answers come through it.</param>
    public TcpRelay(int port, int bytesPerSecond)
    {
        (_port, _bytesPerSecond) = (port, bytesPerSecond);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>How many of the connections that come next are closed at once.</summary>
    public int Refused { get; set; }

    public string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Ends all connections that there are.</summary>
    public void Cut()
    {
        while (_clients.TryTake(out TcpClient? client))
        {
            client.Dispose();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                if (Refused-- > 0)
                {
                    client.Dispose();
                    continue;
                }

                _clients.Add(client);
                _ = RelayAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _port);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), ThrottleAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of the two is gone, and the other goes with it.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task ThrottleAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[_bytesPerSecond / 20];
        for (int count = await from.ReadAsync(buffer); count > 0; count = await from.ReadAsync(buffer))
        {
            await to.WriteAsync(buffer.AsMemory(0, count));
            await Task.Delay(TimeSpan.FromSeconds((double)count / _bytesPerSecond));
        }
    }
}
