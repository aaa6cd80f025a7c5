// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Splicing;

/// <summary>A range of bytes to remove, and its replacement.</summary>
/// <param name="Start">The start of the range.</param>
/// <param name="End">The end of the range; equal to <paramref name="Start"/> for an insertion.</param>
/// <param name="OpenReplacement">Opens the replacement; called more than once; null for none.</param>
internal sealed record ByteEdit(long Start, long End, Func<Stream>? OpenReplacement = null)
{
    /// <summary>Whether bytes are inserted, and none removed.</summary>
    public bool IsInsertion => Start == End;

    /// <summary>Replaces a range by bytes from memory, followed by a stream if one is given.</summary>
    public static ByteEdit Replace(long start, long end, ReadOnlyMemory<byte> bytes, Func<Stream>? openRest = null) =>
        new(start, end, () => new PrefixedStream(bytes, openRest?.Invoke() ?? Stream.Null));
}
