// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Writes one image, under one or several tags, and completes the store.</summary>
internal static class DestinationWrite
{
    public static async Task<T> RunAsync<T>(
        ImageReference destination, OperationContext operation, Func<IImageStore, Task<T>> write, CancellationToken cancellationToken)
    {
        using IImageStore store = StoreFactory.OpenDestination(destination, operation);
        T written = await write(store).ConfigureAwait(false);
        await store.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return written;
    }
}
