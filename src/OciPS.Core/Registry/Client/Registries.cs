// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OciPS.Registry.Connections;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Client;

/// <summary>The registries of a session: the user's connections, clients with their tokens, and the repositories used.</summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as its session.")]
internal sealed class Registries
{
    private readonly ConcurrentDictionary<string, RegistryConnection> _connections = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, RegistryClient> _clients = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="options">The time limits for registries.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="network">The network.</param>
    public Registries(RegistryOptions options, TimeProvider clock, INetwork network)
    {
        (Options, Clock) = (options, clock);
        Http = new HttpConnections(options, clock, network);
        Policies = new RetryPolicies(options, clock);
    }

    public RegistryOptions Options { get; }

    public TimeProvider Clock { get; }

    public HttpConnections Http { get; }

    public RetryPolicies Policies { get; }

    public SeenRepositories Seen { get; } = new();

    /// <summary>Held while a referrer is added to the list under a fallback tag.</summary>
    public SemaphoreSlim AddingReferrer { get; } = new(1);

    /// <summary>The registries that the user has connected to, in memory only.</summary>
    public IReadOnlyList<RegistryConnection> Connections =>
        [.. _connections.Values.OrderBy(connection => connection.Registry, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The connection to a registry; one with default settings if the user made none.</summary>
    public RegistryConnection GetConnection(string registry) =>
        _connections.GetValueOrDefault(registry) ?? new RegistryConnection(registry);

    /// <summary>Whether the user has connected to this registry.</summary>
    public bool IsConnected(string registry) => _connections.ContainsKey(registry);

    public void Connect(RegistryConnection connection)
    {
        _connections[connection.Registry] = connection;
        Forget(connection.Registry);
    }

    /// <summary>Removes a connection and its tokens; false if there was none.</summary>
    public bool Disconnect(string registry)
    {
        bool known = _connections.TryRemove(registry, out _);
        Forget(registry);
        return known;
    }

    /// <summary>Removes all connections.</summary>
    public void DisconnectAll()
    {
        foreach (string registry in _connections.Keys)
        {
            Disconnect(registry);
        }
    }

    /// <summary>The client for a registry; shared within the session, for its tokens and connections.</summary>
    public RegistryClient GetClient(string registry) => _clients.GetOrAdd(registry, name => new RegistryClient(GetConnection(name), this));

    /// <summary>Removes a registry's client and its tokens; running work keeps using it.</summary>
    public void Forget(string registry) => _clients.TryRemove(registry, out _);

    /// <summary>Creates a retry budget for an operation.</summary>
    public RetryBudget NewBudget() => NewBudget(Options.Budget);

    /// <summary>Creates a retry budget of a given size.</summary>
    public RetryBudget NewBudget(TimeSpan total) => new(total, Options.LongestWait, Clock);
}
