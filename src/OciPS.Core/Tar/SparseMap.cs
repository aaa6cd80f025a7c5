// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>Where the stored parts of a sparse file belong; all between them is zeros.</summary>
internal sealed record SparseMap(IReadOnlyList<SparseMap.Part> Parts, long RealSize)
{
    public readonly record struct Part(long Offset, long Length);

    /// <summary>Makes a map, unless its parts overlap, leave the file, or are more than what is stored, or the size is negative.</summary>
    public static SparseMap? Create(IReadOnlyList<Part> parts, long realSize, long storedSize)
    {
        long end = 0;
        long stored = 0;
        foreach (Part part in parts)
        {
            if (part.Offset < end || part.Length < 0 || part.Length > realSize || part.Offset > realSize - part.Length)
            {
                return null;
            }

            end = part.Offset + part.Length;
            stored += part.Length;
        }

        return realSize >= 0 && stored <= storedSize ? new SparseMap(parts, realSize) : null;
    }
}
