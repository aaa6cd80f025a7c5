// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>The effect of removing the selected entries on each layer.</summary>
internal sealed class RemovalPlan
{
    /// <summary>The decisions for each changed layer, in the order of its entries.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<EntryDecision>> Decisions { get; init; }

    /// <summary>The removed entries, with their layer's index.</summary>
    public required IReadOnlyList<(int Layer, TarEntry Entry)> Removed { get; init; }

    /// <summary>Hard links that are replaced by their removed targets, with their layer's index.</summary>
    public required IReadOnlyList<(int Layer, TarEntry Entry)> Promoted { get; init; }

    /// <summary>Warnings for the user.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The merged file system of the original image.</summary>
    public required MergedFileSystem View { get; init; }

    /// <summary>The number of links that the planner followed.</summary>
    public int Steps { get; init; }

    public bool IsEmpty => Decisions.Count == 0;

    /// <summary>The stored size of the removed entries, in bytes.</summary>
    public long RemovedBytes => Removed.Sum(file => file.Entry.StoredSize);
}
