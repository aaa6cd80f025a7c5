// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>What extended headers said of the entry that follows them.</summary>
internal sealed class PendingHeaders
{
    /// <summary>Where the first of them begins.</summary>
    public long Start { get; private set; }

    /// <summary>Records of a pax header (<c>x</c>).</summary>
    public PaxRecords Records { get; set; } = PaxRecords.Empty;

    /// <summary>A GNU long name (<c>L</c>).</summary>
    public string? Name { get; set; }

    /// <summary>A GNU long link name (<c>K</c>).</summary>
    public string? LinkName { get; set; }

    /// <summary>Whether nothing was said of the entry, since all that came were global records.</summary>
    public bool IsEmpty => Records.Count == 0 && Name is null && LinkName is null;

    /// <summary>Begins with those of another entry; the same object serves all.</summary>
    public PendingHeaders BeginAt(long start)
    {
        (Start, Records, Name, LinkName) = (start, PaxRecords.Empty, null, null);
        return this;
    }
}
