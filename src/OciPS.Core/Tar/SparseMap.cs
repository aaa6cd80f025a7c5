// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The stored parts of a sparse file; the gaps between them are zeros.</summary>
internal sealed record SparseMap(IReadOnlyList<SparseMap.Part> Parts, long RealSize)
{
    public readonly record struct Part(long Offset, long Length);

    /// <summary>Creates a map; null if its parts overlap, exceed the file or the stored size, or if the size is negative.</summary>
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
