// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OciPS.TestRegistry;

/// <summary>Gives each server of a test run a port of its own.</summary>
/// <remarks>
/// A process remembers what a registry takes by its host and port. The system hands ports out again; a test on a port that
/// another test's registry had would begin with what was learnt of that one.
/// </remarks>
public static class TestPorts
{
    private static readonly ConcurrentDictionary<int, bool> s_given = [];

    /// <summary>A free port that no server of this process had before.</summary>
    public static int Take()
    {
        using TcpListener listener = Listen();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Listens at a port that no server of this process had before.</summary>
    public static TcpListener Listen()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            if (IsNew(((IPEndPoint)listener.LocalEndpoint).Port))
            {
                return listener;
            }

            listener.Dispose();
        }
    }

    /// <summary>Whether no server of this process had a port before; it counts as given from now on.</summary>
    public static bool IsNew(int port) => s_given.TryAdd(port, true);
}
