// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>What removing the selected entries does to each layer.</summary>
internal sealed class RemovalPlan
{
    /// <summary>What is decided about each layer that changes, in the order of its entries.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<EntryDecision>> Decisions { get; init; }

    /// <summary>Entries that go, with their layer's number.</summary>
    public required IReadOnlyList<(int Layer, TarEntry Entry)> Removed { get; init; }

    /// <summary>Hard links that take over what they linked to.</summary>
    public required IReadOnlyList<(int Layer, TarEntry Entry)> Promoted { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The file system of the original image.</summary>
    public required MergedFileSystem View { get; init; }

    /// <summary>How many links were followed to make it.</summary>
    public int Steps { get; init; }

    public bool IsEmpty => Decisions.Count == 0;

    /// <summary>The stored content that goes, in bytes.</summary>
    public long RemovedBytes => Removed.Sum(file => file.Entry.StoredSize);
}
