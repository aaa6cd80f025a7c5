// SPDX-License-Identifier: MIT

namespace OciPS.Splicing;

/// <summary>Copies a stream, but for the ranges that edits replace: all else comes out to the byte.</summary>
internal static class StreamEditor
{
    private const int BufferSize = 128 * 1024;

    /// <param name="input">What is edited, read to its end.</param>
    /// <param name="edits">What to replace, in order and without overlap.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
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
