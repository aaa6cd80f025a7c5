// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>
/// Bounds the memory that the entries of archives take where all of them are held: a small archive can decompress to any number.
/// </summary>
/// <param name="limit">How many bytes they may take, as it is estimated.</param>
internal sealed class EntryBudget(long limit)
{
    /// <summary>Enough for some five million files of a usual path.</summary>
    public const long DefaultLimit = 2L * 1024 * 1024 * 1024;

    // An entry itself, and its places in lists and tables.
    private const int EntrySize = 250;

    private readonly object _lock = new();
    private PaxRecords _lastGlobal = PaxRecords.Empty;
    private long _taken;
    private int _count;

    public EntryBudget()
        : this(DefaultLimit)
    {
    }

    /// <summary>Counts an entry that is going to be held.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="what">What it is in, for people.</param>
    /// <exception cref="InvalidContentException">There are too many.</exception>
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
