// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.Stores;
using OciPS.Tar;

namespace OciPS.Operations;

/// <summary>Reads a layer whose entries are known: not before content is asked for, and from then on forwards.</summary>
internal sealed class LayerCursor(IImageStore store, Descriptor layer, int index, IOperationLog log) : IDisposable
{
    private LayerReader? _reader;
    private int _next;

    /// <summary>The content of an entry; gone when the next one is asked for.</summary>
    public async Task<Stream> OpenAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (_reader is null || _next > entry.Ordinal)
        {
            _reader?.Dispose();
            _next = 0;
            _reader = await LayerReader.OpenAsync(store, layer, index, log, null, withDiffId: false, cancellationToken).ConfigureAwait(false);
        }

        while (await _reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } found)
        {
            _next = found.Ordinal + 1;
            if (found.Ordinal == entry.Ordinal)
            {
                return _reader.OpenContent();
            }
        }

        throw new ContentNotFoundException(ErrorIds.FileNotFoundInImage, $"'{entry.Name}' is no longer in the layer {layer.Digest}.");
    }

    /// <summary>Checks all of the layer, if any of it was read.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => _reader?.FinishAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose() => _reader?.Dispose();
}
