// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The extended headers of the entry that follows them.</summary>
internal sealed class PendingHeaders
{
    /// <summary>The position of the first header in bytes.</summary>
    public long Start { get; private set; }

    /// <summary>Records of a pax header (<c>x</c>).</summary>
    public PaxRecords Records { get; set; } = PaxRecords.Empty;

    /// <summary>A GNU long name (<c>L</c>).</summary>
    public string? Name { get; set; }

    /// <summary>A GNU long link name (<c>K</c>).</summary>
    public string? LinkName { get; set; }

    /// <summary>Whether there are none, because only global headers were read.</summary>
    public bool IsEmpty => Records.Count == 0 && Name is null && LinkName is null;

    /// <summary>Resets for the next entry; the same object is reused.</summary>
    public PendingHeaders BeginAt(long start)
    {
        (Start, Records, Name, LinkName) = (start, PaxRecords.Empty, null, null);
        return this;
    }
}
