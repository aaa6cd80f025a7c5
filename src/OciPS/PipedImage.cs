// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>An image whose files come from the pipeline.</summary>
/// <param name="destination">The destination of the new image; null if it replaces the old one.</param>
internal sealed class PipedImage(string? destination)
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>The destination of the new image; null if it replaces the old one.</summary>
    public string? Destination => destination;

    /// <summary>The paths of its files.</summary>
    public IReadOnlyCollection<string> Paths => _paths;

    /// <summary>Whether its files have different destinations.</summary>
    public bool HasConflict { get; private set; }

    /// <summary>Adds a file.</summary>
    public void Add(string path, string? to)
    {
        _paths.Add(path);
        HasConflict |= to != destination;
    }
}
