// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>A write of one image, or of one under several tags, that is complete when it comes back.</summary>
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
