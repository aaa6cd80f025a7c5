// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>The entries of a layer in order, from any source, and the content of the current one.</summary>
internal abstract class LayerEntries : IDisposable
{
    protected LayerEntries() => Live = OpenAsync;

    /// <summary>Opens the content of the current entry, valid until the next entry is read.</summary>
    public Func<CancellationToken, Task<Stream>> Live { get; }

    /// <summary>The next entry; null at the end.</summary>
    public abstract ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Checks the whole layer, if it was read from its beginning.</summary>
    public abstract Task FinishAsync(CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>Opens the content of the current entry.</summary>
    protected abstract Task<Stream> OpenAsync(CancellationToken cancellationToken);
}
