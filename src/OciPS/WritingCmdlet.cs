// SPDX-License-Identifier: MIT

using System.ComponentModel;
using OciPS.Copying;
using OciPS.Images;
using OciPS.References;
using OciPS.Storage;

namespace OciPS;

/// <summary>A cmdlet that writes images of a pipeline. An object is emitted when its image can be read at the destination.</summary>
/// <remarks>An OCI archive is one file: it is rewritten once, at the end of the pipeline, and unchanged until then.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract partial class WritingCmdlet : AsyncCmdlet
{
    private WriteBatch<(object Target, IReadOnlyList<object> Output)>? _batch;

    private protected WritingCmdlet()
    {
    }

    private WriteBatch<(object Target, IReadOnlyList<object> Output)> Batch => _batch ??= new(Operation);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch?.Dispose();
        }

        base.Dispose(disposing);
    }

    private protected sealed override async Task EndProcessingAsync(CancellationToken cancellationToken)
    {
        await EndItemsAsync(cancellationToken).ConfigureAwait(false);
        foreach (string place in Batch.Places)
        {
            await FinishAsync(place, cancellationToken).ConfigureAwait(false);
        }

        await EndWritingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes images that are known only at the end of the pipeline.</summary>
    private protected virtual Task EndItemsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after all images are written.</summary>
    private protected virtual Task EndWritingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes an archive's staged images first if a reference names that archive.</summary>
    private protected async Task SettleAsync(IEnumerable<ImageReference> references, CancellationToken cancellationToken)
    {
        foreach (ImageReference reference in references)
        {
            if (Batch.Holds(reference))
            {
                await FinishAsync(reference.Name, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes an image, and emits its objects at once or, for an archive, at the end of the pipeline.</summary>
    /// <param name="target">The target of errors.</param>
    /// <param name="destinations">The image's references, all in one place.</param>
    /// <param name="write">Writes the image and returns the objects.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private protected async Task WriteImageAsync(
        object target, IReadOnlyList<ImageReference> destinations, Func<IImageStore, Task<IReadOnlyList<object>>> write,
        CancellationToken cancellationToken)
    {
        if (StoreFactory.TakesBatch(destinations[0], Operation))
        {
            await Batch.AddAsync(
                destinations, async store => (target, await write(store).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
            return;
        }

        IReadOnlyList<object> output = await DestinationWrite.RunAsync(
            destinations[0], Operation, write, cancellationToken).ConfigureAwait(false);
        await WriteOutputAsync(output, cancellationToken).ConfigureAwait(false);
    }

    private async Task FinishAsync(string place, CancellationToken cancellationToken)
    {
        (IReadOnlyList<(object Target, IReadOnlyList<object> Output)> images, Exception? error) =
            await Batch.FinishAsync(place, ErrorRecords.IsExpected, cancellationToken).ConfigureAwait(false);
        foreach ((object target, IReadOnlyList<object> output) in images)
        {
            if (error is null)
            {
                await WriteOutputAsync(output, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await WriteErrorAsync(ErrorRecords.Create(error, target), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task WriteOutputAsync(IReadOnlyList<object> output, CancellationToken cancellationToken)
    {
        foreach (object item in output)
        {
            await WriteLiveAsync(item, cancellationToken).ConfigureAwait(false);
        }
    }
}
