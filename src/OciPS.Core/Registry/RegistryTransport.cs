// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Storage;

namespace OciPS.Registry;

/// <summary>The stores of registries.</summary>
internal static class RegistryTransport
{
    public static TransportStores Stores { get; } = new(Transport.Registry)
    {
        OpenSourceAsync = static (reference, log, _) => Task.FromResult(OpenSource(reference, log)),
        OpenDestination = static (reference, log) => new RegistryStore(reference, log),
    };

    private static IImageStore OpenSource(ImageReference reference, IOperationLog log) =>
        RegistryConnections.For(reference.Registry).Mirrors is { Count: > 0 } mirrors
            ? new MirroredStore(reference, mirrors, log)
            : new RegistryStore(reference, log);
}
