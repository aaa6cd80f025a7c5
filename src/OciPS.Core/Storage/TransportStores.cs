// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage;

/// <summary>Opens the stores of a transport.</summary>
internal sealed record TransportStores(Transport Transport)
{
    /// <summary>Opens what is read.</summary>
    public required Func<ImageReference, IOperationLog, CancellationToken, Task<IImageStore>> OpenSourceAsync { get; init; }

    /// <summary>Opens what something is to be written to; without any access to it yet.</summary>
    public required Func<ImageReference, IOperationLog, IImageStore> OpenDestination { get; init; }

    /// <summary>Opens a place for several images that are written at once; null where each is written by itself.</summary>
    public Func<ImageReference, IOperationLog, IStoreBatch>? OpenBatch { get; init; }
}
