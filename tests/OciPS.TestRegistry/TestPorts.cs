// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Sockets;

namespace OciPS.TestRegistry;

/// <summary>Gives each server of a test run a port of its own.</summary>
/// <remarks>
/// A process remembers what a registry takes by its host and port. A test on a port that another test's registry had would begin
/// with what was learnt of that one. The system hands ports out again, and has fewer than a run starts servers: a port is taken
/// here in turn, below those of the system, and comes again when all others had theirs.
/// </remarks>
public static class TestPorts
{
    private const int First = 10_000;
    private const int Count = 22_000;

    private static int s_taken = Random.Shared.Next(Count);

    /// <summary>Is told of each port that is given: whoever knows a server that was there before can forget it.</summary>
    public static Action<int>? Given { get; set; }

    /// <summary>A free port that no server of this process had for as long as can be.</summary>
    public static int Take()
    {
        using TcpListener listener = Listen();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Listens at a port that no server of this process had for as long as can be.</summary>
    public static TcpListener Listen()
    {
        while (true)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref s_taken) % Count);
            var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                Given?.Invoke(port);
                return listener;
            }
            catch (SocketException)
            {
                // Another process has it.
                listener.Dispose();
            }
        }
    }
}
