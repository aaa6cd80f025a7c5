// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The records that hold for an entry: its own, and below them the global ones.</summary>
internal readonly struct RecordsInForce(PaxRecords global, PaxRecords own)
{
    /// <inheritdoc cref="PaxRecords.Find"/>
    public string? Find(string key) => own.Has(key) ? own.Find(key) : global.Find(key);

    public bool Has(string key) => own.Has(key) || global.Has(key);

    /// <inheritdoc cref="PaxRecords.FindAll"/>
    public IEnumerable<(string Key, string Value)> FindAll(string first, string second) => global.FindAll(first, second).Concat(own.FindAll(first, second));
}
