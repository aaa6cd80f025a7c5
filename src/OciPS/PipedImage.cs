// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>An image of which files came down the pipeline.</summary>
/// <param name="destination">Where the new image goes; null where it takes the place of the old one.</param>
internal sealed class PipedImage(string? destination)
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Where the new image goes; null where it takes the place of the old one.</summary>
    public string? Destination => destination;

    /// <summary>The paths of its files.</summary>
    public IReadOnlyCollection<string> Paths => _paths;

    /// <summary>Whether its files came with different destinations.</summary>
    public bool HasConflict { get; private set; }

    /// <summary>Takes a file.</summary>
    public void Add(string path, string? to)
    {
        _paths.Add(path);
        HasConflict |= to != destination;
    }
}
