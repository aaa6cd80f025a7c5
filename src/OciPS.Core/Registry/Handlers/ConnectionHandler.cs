// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.Registry.Connections;
using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Sends a request over the registry's connections or, after a redirect, over separate ones.</summary>
internal sealed class ConnectionHandler(RegistryConnection connection, HttpConnections http) : HttpMessageHandler
{
    /// <summary>Whether the user gave the address.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsTrusted = new("OciPS.IsTrusted");

    private readonly Lazy<HttpClients> _clients = new(
        () => http.GetClients(connection.Tls.With(CertificateFolders.Read(connection.Registry)), connection.Registry),
        LazyThreadSafetyMode.PublicationOnly);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            // HTTP/2 where the server offers it: one connection then serves all transfers with a host.
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        HttpClient client = request.Options.TryGetValue(IsTrusted, out bool isTrusted) && isTrusted
            ? _clients.Value.Own
            : _clients.Value.Elsewhere;
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
