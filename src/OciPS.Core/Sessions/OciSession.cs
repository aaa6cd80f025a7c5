// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;
using OciPS.Layers.Listings;
using OciPS.Registry.Client;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Sessions;

/// <summary>State that outlives an operation: connections to registries, and the cache of layer listings.</summary>
/// <remarks>The module owns one for the process, and reaches everything in the core through it.</remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class OciSession
{
    /// <summary>The number of blobs to copy at once.</summary>
    public const int ParallelTransfers = 6;

    /// <param name="options">The time limits for registries; null for the defaults.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="network">The network; null for the system's.</param>
    public OciSession(RegistryOptions? options = null, TimeProvider? clock = null, INetwork? network = null)
    {
        Clock = clock ?? TimeProvider.System;
        Registries = new Registries(options ?? RegistryOptions.Default, Clock, network ?? new SystemNetwork());
    }

    public TimeProvider Clock { get; }

    public Registries Registries { get; }

    /// <summary>Limits parallel blob transfers across all cmdlets and runspaces.</summary>
    public SemaphoreSlim Transfers { get; } = new(ParallelTransfers);

    /// <summary>The cache of layer listings.</summary>
    public ListingCache Listings { get; init; } = new();

    /// <summary>Begins an operation that logs nothing.</summary>
    public OperationContext BeginQuietly() => new(this, new NullLog());
}
