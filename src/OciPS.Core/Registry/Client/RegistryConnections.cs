// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Client;

/// <summary>The registries that the user has connected to; for the process, so that all runspaces have them, and in memory only.</summary>
internal static class RegistryConnections
{
    private static readonly ConcurrentDictionary<string, RegistryConnection> s_connections = new(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<RegistryConnection> All =>
        [.. s_connections.Values.OrderBy(connection => connection.Registry, StringComparer.OrdinalIgnoreCase)];

    /// <summary>What was said of a registry; nothing but its name if nothing was.</summary>
    public static RegistryConnection For(string registry) => s_connections.GetValueOrDefault(registry) ?? new RegistryConnection(registry);

    /// <summary>Whether the user has connected to a registry of that name.</summary>
    public static bool IsKnown(string registry) => s_connections.ContainsKey(registry);

    public static void Add(RegistryConnection connection)
    {
        s_connections[connection.Registry] = connection;
        RegistryClient.Forget(connection.Registry);
    }

    /// <summary>Forgets what was said of a registry, with its tokens; false if nothing was.</summary>
    public static bool Remove(string registry)
    {
        bool known = s_connections.TryRemove(registry, out _);
        RegistryClient.Forget(registry);
        return known;
    }

    /// <summary>Forgets everything.</summary>
    public static void Clear()
    {
        foreach (string registry in s_connections.Keys)
        {
            Remove(registry);
        }
    }
}
