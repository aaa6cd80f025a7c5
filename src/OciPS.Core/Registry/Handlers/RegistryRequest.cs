// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry.Handlers;

/// <summary>A request to a registry, with all that the handlers need to send it repeatedly and to other addresses.</summary>
/// <param name="Method">The method.</param>
/// <param name="Address">The address; no credential is sent if it is not the registry's.</param>
/// <param name="Whom">The name of the server in errors.</param>
/// <param name="Log">Receives diagnostics.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Address, string Whom, IOperationLog Log)
{
    private static readonly HttpRequestOptionsKey<RegistryRequest> s_key = new("OciPS.Request");

    /// <summary>The scopes of the token.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Sets headers and content; called each time the request is sent.</summary>
    public Action<HttpRequestMessage>? Prepare { get; init; }

    /// <summary>Retries transient failures; null for a request that is sent once.</summary>
    public RegistryRetry? Retry { get; init; }

    /// <summary>Whether status 500 is a valid response, so that it is not retried.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>Whether the request changes nothing.</summary>
    public bool IsRead => Method == HttpMethod.Get || Method == HttpMethod.Head;

    /// <summary>The request of an HTTP message.</summary>
    public static RegistryRequest For(HttpRequestMessage message) =>
        message.Options.TryGetValue(s_key, out RegistryRequest? request)
            ? request
            : throw new InvalidOperationException("The message was not made for a request.");

    /// <summary>Creates a message without headers and content, for the outer handlers.</summary>
    public HttpRequestMessage CreateEnvelope()
    {
        var message = new HttpRequestMessage(Method, Address);
        message.Options.Set(s_key, this);
        return message;
    }

    /// <summary>Creates the complete message.</summary>
    /// <param name="address">The request's own address, or the target of a redirect.</param>
    public HttpRequestMessage CreateMessage(Uri address)
    {
        var message = new HttpRequestMessage(Method, address);
        message.Options.Set(s_key, this);
        Prepare?.Invoke(message);
        return message;
    }
}
