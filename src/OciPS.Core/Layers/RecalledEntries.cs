// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>Known entries, whose content is read on request.</summary>
/// <param name="entries">The entries.</param>
/// <param name="content">Access to their content.</param>
internal sealed class RecalledEntries(IEnumerable<TarEntry> entries, LayerCursor content) : LayerEntries
{
    private readonly IEnumerator<TarEntry> _entries = entries.GetEnumerator();

    public override ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<TarEntry?>(_entries.MoveNext() ? _entries.Current : null);
    }

    public override Task FinishAsync(CancellationToken cancellationToken) => content.FinishAsync(cancellationToken);

    public override void Dispose()
    {
        _entries.Dispose();
        content.Dispose();
    }

    protected override Task<Stream> OpenAsync(CancellationToken cancellationToken) =>
        content.OpenAsync(_entries.Current, cancellationToken);
}
