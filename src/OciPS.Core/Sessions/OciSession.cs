// SPDX-License-Identifier: MIT

using OciPS.Layers.Listings;
using OciPS.Registry.Client;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Sessions;

/// <summary>What lives longer than an operation: connections to registries, and the cache of layers that were read.</summary>
/// <remarks>The module owns one for the process. Nothing in the core is reached in another way.</remarks>
internal sealed class OciSession
{
    /// <param name="options">How long registries are waited for; null for the usual times.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="network">The network; null for the system's.</param>
    public OciSession(RegistryOptions? options = null, TimeProvider? clock = null, INetwork? network = null)
    {
        Clock = clock ?? TimeProvider.System;
        Registries = new Registries(options ?? RegistryOptions.Default, Clock, network ?? new SystemNetwork());
    }

    public TimeProvider Clock { get; }

    public Registries Registries { get; }

    /// <summary>What is in layers that were read before.</summary>
    public ListingCache Listings { get; init; } = new();

    /// <summary>Begins an operation that logs nothing.</summary>
    public OperationContext BeginQuietly() => new(this, new NullLog());
}
