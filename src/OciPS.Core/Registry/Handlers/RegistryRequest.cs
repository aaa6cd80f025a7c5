// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry.Handlers;

/// <summary>What is asked of a registry: enough for the handlers to send it more than once, and to other addresses.</summary>
/// <param name="Method">The method.</param>
/// <param name="Address">Where to; if that is not the registry's, no credential is sent.</param>
/// <param name="Whom">Who is asked, as errors say it.</param>
/// <param name="Log">Receives diagnostics.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Address, string Whom, IOperationLog Log)
{
    private static readonly HttpRequestOptionsKey<RegistryRequest> s_key = new("OciPS.Request");

    /// <summary>What a token has to allow.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Sets headers and content; called each time the request is sent.</summary>
    public Action<HttpRequestMessage>? Prepare { get; init; }

    /// <summary>Retries transient failures; null for a request that is sent once.</summary>
    public RegistryRetry? Retry { get; init; }

    /// <summary>Whether a status 500 may be the answer, which is not sent again then.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>Whether it changes nothing.</summary>
    public bool IsRead => Method == HttpMethod.Get || Method == HttpMethod.Head;

    /// <summary>The request that a message was made for.</summary>
    public static RegistryRequest For(HttpRequestMessage message) =>
        message.Options.TryGetValue(s_key, out RegistryRequest? request)
            ? request
            : throw new InvalidOperationException("The message was not made for a request.");

    /// <summary>Makes a message without headers and content, which the outer handlers pass on.</summary>
    public HttpRequestMessage CreateEnvelope()
    {
        var message = new HttpRequestMessage(Method, Address);
        message.Options.Set(s_key, this);
        return message;
    }

    /// <summary>Makes a message that is ready to be sent.</summary>
    /// <param name="address">Where to: the request's own address, or one that a registry redirected to.</param>
    public HttpRequestMessage CreateMessage(Uri address)
    {
        var message = new HttpRequestMessage(Method, address);
        message.Options.Set(s_key, this);
        Prepare?.Invoke(message);
        return message;
    }
}
