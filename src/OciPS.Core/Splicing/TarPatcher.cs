// SPDX-License-Identifier: MIT

namespace OciPS.Splicing;

/// <summary>Copies a tar, but for the ranges that patches replace: all else comes out to the byte.</summary>
internal static class TarPatcher
{
    private const int BufferSize = 128 * 1024;

    /// <param name="tar">The tar, read to its end.</param>
    /// <param name="patches">What to replace, in order and without overlap.</param>
    /// <param name="output">Where the new tar goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task ApplyAsync(Stream tar, IReadOnlyList<TarPatch> patches, Stream output, CancellationToken cancellationToken)
    {
        using var reader = new SequentialReader(tar);
        foreach (TarPatch patch in patches)
        {
            await reader.CopyToAsync(patch.Start, output.WriteAsync, cancellationToken).ConfigureAwait(false);
            await reader.SkipToAsync(patch.End, cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(patch.Headers, cancellationToken).ConfigureAwait(false);
            if (patch.OpenContent is { } open)
            {
                using Stream content = open();
                await content.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
            }
        }

        await tar.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
    }
}
