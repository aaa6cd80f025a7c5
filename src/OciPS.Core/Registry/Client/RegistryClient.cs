// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;
using OciPS.Registry.Auth;
using OciPS.Registry.Connections;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;

namespace OciPS.Registry.Client;

/// <summary>A registry, shared by all operations of a session: its address, its tokens, and the chain of request handlers.</summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as its session.")]
internal sealed class RegistryClient
{
    private readonly RegistryConnection _connection;
    private readonly RegistryEndpoint _endpoint;
    private readonly RegistryAuthenticator _authenticator;
    private readonly AuthenticationHandler _authentication;
    private readonly HttpMessageInvoker _handlers;

    public RegistryClient(RegistryConnection connection, Registries registries)
    {
        _connection = connection;
        Registries = registries;
        _endpoint = new RegistryEndpoint(connection, registries.Http);
        HttpMessageHandler transport = HandlerChain.CreateTransport(connection, _endpoint, registries.Http);
        _authenticator = new RegistryAuthenticator(connection, new HttpMessageInvoker(transport), registries.Clock);
        _authentication = new AuthenticationHandler(
            connection, _endpoint, _authenticator, new RedirectHandler(connection.Registry, _endpoint, transport));
        _handlers = new HttpMessageInvoker(new RetryHandler(_authentication));
    }

    /// <summary>How blobs of unknown digest are uploaded: the fastest mode that the registry has not refused.</summary>
    public UploadMode Uploads { get; private set; }

    /// <summary>The registries of the session.</summary>
    public Registries Registries { get; }

    /// <summary>The registry's host as references name it.</summary>
    public string Registry => _connection.Registry;

    /// <summary>Uploads in a more widely supported mode from now on; false if that mode is already in use.</summary>
    public bool FallBack(UploadMode mode)
    {
        bool isNew = mode > Uploads;
        Uploads = isNew ? mode : Uploads;
        return isNew;
    }

    /// <summary>Sends a request, with authentication if the registry requires it.</summary>
    public async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage envelope = request.CreateEnvelope();
        return await _handlers.SendAsync(envelope, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the credential without a challenge from now on; false if there is none, or it may not be sent.</summary>
    public async Task<bool> OfferCredentialAsync(CancellationToken cancellationToken) =>
        _authentication.MayAuthorize(await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false)) && _authenticator.Offer();

    /// <summary>The address of a path below <c>/v2/</c>.</summary>
    public async ValueTask<Uri> GetAddressAsync(string path, CancellationToken cancellationToken) =>
        new(await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false), "/v2/" + path);
}
