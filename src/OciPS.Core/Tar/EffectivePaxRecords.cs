// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The records that hold for an entry: its own, and below them the global ones.</summary>
/// <remarks>
/// A global record that says for all entries what only one of them can have is ignored: their name, link, size or sparse map.
/// Container engines read with Go's archive/tar, which takes nothing from a global header into the entries behind it.
/// </remarks>
internal readonly struct EffectivePaxRecords(PaxRecords global, PaxRecords own)
{
    /// <summary>The keys of records that count for the entry alone that they stand before.</summary>
    public static IReadOnlyList<string> OwnOnly { get; } =
    [
        "path", "linkpath", "size", "GNU.sparse.name", "GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.realsize", "GNU.sparse.size",
        "GNU.sparse.map", "GNU.sparse.offset", "GNU.sparse.numbytes", "GNU.sparse.numblocks",
    ];

    /// <inheritdoc cref="PaxRecords.Find"/>
    public string? Find(string key) => own.Has(key) ? own.Find(key) : OwnOnly.Contains(key) ? null : global.Find(key);

    public bool Has(string key) => own.Has(key) || (!OwnOnly.Contains(key) && global.Has(key));

    /// <inheritdoc cref="PaxRecords.FindAll"/>
    public IEnumerable<(string Key, string Value)> FindAll(string first, string second) =>
        (OwnOnly.Contains(first) ? [] : global.FindAll(first, second)).Concat(own.FindAll(first, second));
}
