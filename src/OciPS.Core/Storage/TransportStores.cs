// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage;

/// <summary>Opens the stores of a transport.</summary>
internal sealed record TransportStores(Transport Transport)
{
    /// <summary>Opens a source.</summary>
    public required Func<ImageReference, IOperationLog, CancellationToken, Task<IImageStore>> OpenSourceAsync { get; init; }

    /// <summary>Opens a destination, without accessing it yet.</summary>
    public required Func<ImageReference, IOperationLog, IImageStore> OpenDestination { get; init; }

    /// <summary>Opens a place for several images that are written together; null if each is written separately.</summary>
    public Func<ImageReference, IOperationLog, IStoreBatch>? OpenBatch { get; init; }
}
