// SPDX-License-Identifier: MIT

using System.Net.Sockets;

using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>Says whatever a test wants over HTTP, right or wrong, to everybody who asks.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = TestPorts.Listen();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _asked;

    /// <param name="answer">Writes an answer; may go on until it is stopped.</param>
    public RawServer(Func<Stream, CancellationToken, Task> answer)
    {
        _listener.Start();
        _serving = ServeAsync(answer);
    }

    public string Host => _listener.LocalEndpoint.ToString()!;

    /// <summary>How many requests came.</summary>
    public int Asked => _asked;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Record.ExceptionAsync(() => _serving);
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<Stream, CancellationToken, Task> answer)
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(() => AnswerAsync(client, answer));
        }
    }

    private async Task AnswerAsync(TcpClient client, Func<Stream, CancellationToken, Task> answer)
    {
        using (client)
        {
            byte[] request = new byte[4096];
            // One that begins in TLS is let go, so that it comes again without.
            if (await client.GetStream().ReadAsync(request, _stop.Token) > 0 && request[0] == 'G')
            {
                Interlocked.Increment(ref _asked);
                await Record.ExceptionAsync(() => answer(client.GetStream(), _stop.Token));
            }
        }
    }
}
