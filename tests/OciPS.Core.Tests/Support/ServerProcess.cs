// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>A program that serves at a port on loopback, until it is killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>A port that nothing listens at.</summary>
    public static int FreePort() => TestPorts.Take();

    /// <summary>Starts a program and waits until it takes connections.</summary>
    public static ServerProcess Start(int port, string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool.FindPath(tool) ?? tool, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var server = new ServerProcess(Process.Start(start)!);
        var said = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        server._process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data);
        server._process.BeginErrorReadLine();
        server._process.BeginOutputReadLine();
        var watch = Stopwatch.StartNew();
        while (!TakesConnections(port))
        {
            if (server._process.HasExited || watch.Elapsed > s_startTime)
            {
                server.Dispose();
                throw new InvalidOperationException($"{tool} did not start: {string.Join('\n', said)}");
            }

            Thread.Sleep(20);
        }

        return server;
    }

    /// <summary>Ends it at once, as a power cut does.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool TakesConnections(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
