// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;
using OciPS.Layers.Listings;
using OciPS.Registry.Client;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Sessions;

/// <summary>What lives longer than an operation: connections to registries, and the cache of layers that were read.</summary>
/// <remarks>The module owns one for the process. Nothing in the core is reached in another way.</remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class OciSession
{
    /// <summary>How many blobs are copied at once.</summary>
    public const int ParallelTransfers = 6;

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

    /// <summary>One bound for all that copies blobs, however many cmdlets and runspaces do so at once.</summary>
    public SemaphoreSlim Transfers { get; } = new(ParallelTransfers);

    /// <summary>What is in layers that were read before.</summary>
    public ListingCache Listings { get; init; } = new();

    /// <summary>Begins an operation that logs nothing.</summary>
    public OperationContext BeginQuietly() => new(this, new NullLog());
}
