// SPDX-License-Identifier: MIT

namespace OciPS.Splicing;

/// <summary>Copies a stream, and applies edits; all other bytes are unchanged.</summary>
internal static class StreamEditor
{
    private const int BufferSize = 128 * 1024;

    /// <param name="input">The source, read to its end.</param>
    /// <param name="edits">The edits, in order and without overlap.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task ApplyAsync(Stream input, IReadOnlyList<ByteEdit> edits, Stream output, CancellationToken cancellationToken)
    {
        using var reader = new SequentialReader(input);
        foreach (ByteEdit edit in edits)
        {
            await reader.CopyToAsync(edit.Start, output.WriteAsync, cancellationToken).ConfigureAwait(false);
            await reader.SkipToAsync(edit.End, cancellationToken).ConfigureAwait(false);
            if (edit.OpenReplacement is { } open)
            {
                using Stream replacement = open();
                await replacement.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
            }
        }

        await input.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
    }
}
