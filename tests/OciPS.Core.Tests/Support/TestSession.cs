// SPDX-License-Identifier: MIT

using OciPS.Layers.Listings;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;
using OciPS.Sessions;

namespace OciPS.Core.Tests.Support;

/// <summary>The session that a test works in: one of its own where it asks for that, else one that many share.</summary>
internal static class TestSession
{
    private static readonly AsyncLocal<OciSession?> s_own = new();

    /// <summary>The session of tests that have none of their own; waits between repetitions are short.</summary>
    public static OciSession Shared { get; } = new(ShortWaits);

    public static RegistryOptions ShortWaits => new() { FirstWait = TimeSpan.FromMilliseconds(2) };

    public static OciSession Current => s_own.Value ?? Shared;

    /// <summary>Begins a session for the test that calls this; to be called from its constructor or its method.</summary>
    public static OciSession Use(RegistryOptions? options = null, TimeProvider? clock = null, INetwork? network = null) =>
        Use(new OciSession(options ?? ShortWaits, clock, network));

    /// <inheritdoc cref="Use(RegistryOptions, TimeProvider, INetwork)"/>
    public static OciSession Use(OciSession session) => s_own.Value = session;

    /// <summary>Begins a session for the test that calls this, which keeps what is in layers in a folder; null for nowhere.</summary>
    public static OciSession UseListings(string? folder) => Use(new OciSession(ShortWaits) { Listings = new ListingCache(folder) });

    /// <summary>Begins a session for the test that calls this, unless it has one already.</summary>
    public static void UseOwn() => s_own.Value ??= new OciSession(ShortWaits);

    /// <summary>Opens a repository in the test's session.</summary>
    public static RegistryStore Store(ImageReference reference, IOperationLog? log = null) =>
        new(reference, Current.Registries, log ?? new RecordingLog(), Current.Registries.NewBudget());

    /// <summary>Retries in the test's session.</summary>
    public static RegistryRetry Retry(IOperationLog? log = null) =>
        new(Current.Registries.Policies, log ?? new RecordingLog(), Current.Registries.NewBudget());

    /// <summary>Begins an operation in the test's session.</summary>
    public static OperationContext Begin(IOperationLog? log = null) => new(Current, log ?? new RecordingLog());
}
