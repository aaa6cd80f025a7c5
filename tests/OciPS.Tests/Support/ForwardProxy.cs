// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

using OciPS.TestRegistry;

namespace OciPS.Tests.Support;

/// <summary>An HTTP proxy on loopback that wants a password, and alone knows where some names lead to.</summary>
/// <remarks>RFC 9110, sections 7.3.2, 9.3.6 and 11.7.</remarks>
internal sealed class ForwardProxy : IDisposable
{
    private const int MaximumHead = 64 * 1024;

    private readonly TcpListener _listener = TestPorts.Listen();
    private readonly IReadOnlyDictionary<string, int> _ports;
    private readonly string _credential;

    /// <param name="userInfo">The name and password, with a colon between them.</param>
    /// <param name="ports">The ports on loopback where hosts are.</param>
    public ForwardProxy(string userInfo, IReadOnlyDictionary<string, int> ports)
    {
        _credential = "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(userInfo));
        _ports = ports;
        _listener.Start();
        Address = $"http://{userInfo}@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>The first lines of the requests that began a connection and were let through.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient _ = client;
        using var server = new TcpClient();
        try
        {
            NetworkStream from = client.GetStream();
            string head = await ReadHeadAsync(from);
            string[] first = head.Split("\r\n")[0].Split(' ');
            bool isTunnel = first[0] == "CONNECT";
            string host = isTunnel ? first[1] : new Uri(first[1]).Host;
            if (!head.Contains(_credential, StringComparison.Ordinal))
            {
                await WriteAsync(
                    from, "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: "
                        + "close\r\n\r\n");
                return;
            }

            Requests.Enqueue($"{first[0]} {first[1]}");
            await server.ConnectAsync(IPAddress.Loopback, _ports[host]);
            // A server takes the request as a proxy gets it, with the whole address.
            await (isTunnel ? WriteAsync(from, "HTTP/1.1 200 Connected\r\n\r\n") : WriteAsync(server.GetStream(), head));
            await Task.WhenAny(from.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(from));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two is gone, and the other goes with it.
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (head.Length < MaximumHead && !head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static Task WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();
}
