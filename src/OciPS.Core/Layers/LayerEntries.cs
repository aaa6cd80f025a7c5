// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>The entries of a layer, one after the other, wherever they come from, and the content of the one that was read last.</summary>
internal abstract class LayerEntries : IDisposable
{
    protected LayerEntries() => Live = OpenAsync;

    /// <summary>Opens the content of the entry that was read last; gone when the next one is read.</summary>
    public Func<CancellationToken, Task<Stream>> Live { get; }

    /// <summary>The next entry; null at the end.</summary>
    public abstract ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Checks all of the layer, if it was read from its beginning.</summary>
    public abstract Task FinishAsync(CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>The content of the entry that was read last.</summary>
    protected abstract Task<Stream> OpenAsync(CancellationToken cancellationToken);
}
