// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Registry.Resilience;
using OciPS.Storage;

namespace OciPS.Registry;

/// <summary>The stores of registries.</summary>
internal static class RegistryTransport
{
    /// <param name="registries">The registries of the session.</param>
    /// <param name="budget">Limits the time spent waiting for registries.</param>
    public static TransportStores GetStores(Registries registries, RetryBudget budget) => new(Transport.Registry)
    {
        OpenSourceAsync = (reference, log, _) => Task.FromResult(OpenSource(reference, registries, log, budget)),
        OpenDestination = (reference, log) => new RegistryStore(reference, registries, log, budget),
    };

    private static IImageStore OpenSource(ImageReference reference, Registries registries, IOperationLog log, RetryBudget budget) =>
        registries.GetConnection(reference.Registry).Mirrors is { Count: > 0 } mirrors
            ? new MirroredStore(reference, mirrors, registries, log, budget)
            : new RegistryStore(reference, registries, log, budget);
}
