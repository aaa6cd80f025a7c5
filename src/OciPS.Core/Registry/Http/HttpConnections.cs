// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Registry.Connections;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Http;

/// <summary>The shared HTTP state of a session: clients, throttles and the network.</summary>
internal sealed class HttpConnections
{
    private readonly Lazy<HttpClients> _shared;
    private readonly ConcurrentDictionary<string, bool> _remote = new(StringComparer.OrdinalIgnoreCase);

    public HttpConnections(RegistryOptions options, TimeProvider clock, INetwork network)
    {
        (Timing, Network) = (new RequestTiming(options, clock), network);
        _shared = new(() => new HttpClients(TlsSettings.Default, string.Empty, this));
    }

    public RequestTiming Timing { get; }

    public INetwork Network { get; }

    public HostThrottles Throttles { get; } = new();

    /// <summary>The clients for a registry; shared by all registries without their own TLS settings.</summary>
    public HttpClients GetClients(TlsSettings tls, string registry) =>
        tls.IsDefault ? _shared.Value : new HttpClients(tls, new Uri($"https://{registry}/").IdnHost, this);

    /// <summary>Notes that a host was reached at a remote address.</summary>
    public void NoteRemote(string host) => _remote[Unbracket(host)] = true;

    /// <summary>Whether a host was ever reached at a remote address, whatever it resolves to now.</summary>
    public bool WasRemote(string host) => _remote.ContainsKey(Unbracket(host));

    /// <summary>An IPv6 address without the brackets of a URI.</summary>
    public static string Unbracket(string host) => host.Trim('[', ']');
}
