// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>Limits the memory for the entries of archives: a small archive can decompress to any number of them.</summary>
/// <param name="limit">The limit in bytes, compared with an estimate.</param>
internal sealed class EntryBudget(long limit)
{
    /// <summary>The default in bytes: enough for about five million files with typical paths.</summary>
    public const long DefaultLimit = 2L * 1024 * 1024 * 1024;

    // The estimated size in bytes of an entry, with its slots in lists and tables.
    private const int EntrySize = 250;

    private readonly object _lock = new();
    private PaxRecords _lastGlobal = PaxRecords.Empty;
    private long _taken;
    private int _count;

    public EntryBudget()
        : this(DefaultLimit)
    {
    }

    /// <summary>Counts an entry that will be kept in memory.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="what">The name of the archive in errors.</param>
    /// <exception cref="InvalidContentException">There are too many entries.</exception>
    public void Take(TarEntry entry, string what)
    {
        lock (_lock)
        {
            Add(entry, what);
        }
    }

    private void Add(TarEntry entry, string what)
    {
        _count++;
        _taken += EntrySize + (2L * (entry.Name.Length + entry.LinkTarget.Length)) + (16L * (entry.Sparse?.Parts.Count ?? 0));
        if (entry.Global != _lastGlobal)
        {
            _lastGlobal = entry.Global;
            _taken += entry.Global.Size;
        }

        if (_taken > limit)
        {
            throw new InvalidContentException(
                ErrorIds.TooManyFiles, $"{what} has too many files to hold in memory: the first {_count} take more than {limit} bytes.");
        }
    }
}
