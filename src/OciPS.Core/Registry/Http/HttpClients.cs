// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Http;

/// <summary>The HTTP clients for a registry: one for its own addresses, one for all others.</summary>
internal sealed class HttpClients
{
    public HttpClients(TlsSettings tls, string host, HttpConnections connections)
    {
        Own = CreateClient(tls, host, new SsrfGuard(connections, refusesLocal: false));
        Elsewhere = CreateClient(tls, host, new SsrfGuard(connections, refusesLocal: true));
    }

    /// <summary>For addresses that the user gave.</summary>
    public HttpClient Own { get; }

    /// <summary>For addresses that a registry gave: never connects to this machine or its local network.</summary>
    public HttpClient Elsewhere { get; }

    private static HttpClient CreateClient(TlsSettings tls, string host, SsrfGuard guard)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            Proxy = new EnvironmentProxy(),
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            ConnectCallback = guard.ConnectAsync,
        };
        if (!tls.IsDefault)
        {
            handler.SslOptions = new ServerTrust(tls, host).ToOptions();
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        string version =
            typeof(HttpClients).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
                ?? "0";
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("OciPS", version));
        // Compression in transit has to be undone, and makes partial responses useless.
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        return client;
    }
}
