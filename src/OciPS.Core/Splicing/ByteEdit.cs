// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Splicing;

/// <summary>A range of bytes that is removed, and its replacement.</summary>
/// <param name="Start">Where the range begins.</param>
/// <param name="End">Where it ends; the same as <paramref name="Start"/> where nothing goes.</param>
/// <param name="OpenReplacement">Opens the replacement, more than once; null for none.</param>
internal sealed record ByteEdit(long Start, long End, Func<Stream>? OpenReplacement = null)
{
    /// <summary>Whether something is put between two bytes, and nothing goes.</summary>
    public bool IsInsertion => Start == End;

    /// <summary>Puts bytes that are in memory in place of a range, and behind them what a stream has, if one is given.</summary>
    public static ByteEdit Replace(long start, long end, ReadOnlyMemory<byte> bytes, Func<Stream>? openRest = null) =>
        new(start, end, () => new PrefixedStream(bytes, openRest?.Invoke() ?? Stream.Null));
}
