// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The pax records in force for an entry: its own and, with lower precedence, the global ones.</summary>
/// <remarks>
/// Global records that make sense for a single entry only are ignored: name, link, size and sparse map. Container engines use Go's
/// archive/tar, which applies no global record to the entries after it.
/// </remarks>
internal readonly struct EffectivePaxRecords(PaxRecords global, PaxRecords own)
{
    /// <summary>The keys of records that only the entry's own header can set.</summary>
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
