// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Decompresses raw deflate with our inflater.</summary>
internal static class RawInflate
{
    /// <summary>What comes out; null if it is refused, or ends before or behind its last block.</summary>
    public static byte[]? Run(byte[] deflate, int piece)
    {
        using var input = new BitReader(64 * 1024);
        using var window = new InflateWindow();
        var inflater = new Inflater(input, window);
        var output = new MemoryStream();
        int given = 0;
        try
        {
            while (true)
            {
                long before = window.Position;
                InflateEvent what = inflater.Run();
                output.Write(window.From(before).Span);
                if (what == InflateEvent.BlockEnd && inflater.Block.IsFinal)
                {
                    input.AlignToByte();
                    return given == deflate.Length && input.Position == input.End && input.Count == 0 ? output.ToArray() : null;
                }

                if (what == InflateEvent.NeedInput)
                {
                    Memory<byte> space = input.Space();
                    int count = Math.Min(Math.Min(piece, space.Length), deflate.Length - given);
                    deflate.AsMemory(given, count).CopyTo(space);
                    given += count;
                    input.Supply(count);
                }
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
