// SPDX-License-Identifier: MIT

using OciPS.Stores;

namespace OciPS.Operations;

/// <summary>A layer that was scanned and can be read again: from its spool file where it has one, else from its store.</summary>
internal sealed class LayerSource(IImageStore store, LayerScan scan, IOperationLog log)
{
    public LayerScan Scan { get; } = scan;

    public Task<LayerReader> OpenAsync(CancellationToken cancellationToken) => Scan.Spool is { } spool
        ? LayerReader.OpenAsync(spool, $"Layer {Scan.Index} ({Scan.Layer.Digest})", cancellationToken)
        : LayerReader.OpenAsync(store, Scan.Layer, Scan.Index, log, null, withDiffId: false, cancellationToken);
}
