// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Directories;

/// <summary>The files of an image directory: their names, which were added, and which the image no longer needs.</summary>
internal sealed partial class DirectoryFiles(string root)
{
    /// <summary>The content of the file <c>version</c>.</summary>
    public const string Version = "Directory Transport Version: 1.1\n";

    private const string ManifestEnding = ".manifest.json";

    private readonly HashSet<string> _added = new(StringComparer.Ordinal);

    public string Root => root;

    public string Manifest => Path.Combine(root, "manifest.json");

    public string VersionFile => Path.Combine(root, "version");

    /// <summary>Whether the directory has any entries other than temporary files of writers.</summary>
    public bool HoldsAnything => Directory.EnumerateFileSystemEntries(root).Any(path => !TemporaryFile.IsOurs(Path.GetFileName(path)));

    public bool IsImage =>
        File.Exists(VersionFile) && new FileInfo(VersionFile).Length == Version.Length && File.ReadAllText(VersionFile) == Version;

    public string Blob(Digest digest) => Path.Combine(root, digest.Hex);

    public string GetManifestPath(Digest digest) => Path.Combine(root, digest.Hex + ManifestEnding);

    /// <summary>Records a file that is about to be created, if it does not exist yet.</summary>
    public string Add(string path)
    {
        lock (_added)
        {
            if (!File.Exists(path))
            {
                _added.Add(path);
            }
        }

        return path;
    }

    /// <summary>Keeps the added files: they now belong to an image.</summary>
    public void Keep()
    {
        lock (_added)
        {
            _added.Clear();
        }
    }

    /// <summary>Removes added files that belong to no image.</summary>
    public void RemoveAdded()
    {
        lock (_added)
        {
            foreach (string path in _added)
            {
                TryDelete.Run(() => File.Delete(path));
            }

            _added.Clear();
        }
    }

    /// <summary>
    /// Removes files that the former image needed and this one does not: blobs, manifests and their signatures. Other files stay.
    /// </summary>
    /// <param name="manifest">The current image.</param>
    /// <param name="replaced">Whether it replaced another image, which the signatures belong to.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task RemoveUnusedAsync(ManifestContent manifest, bool replaced, CancellationToken cancellationToken)
    {
        HashSet<string> used = [];
        try
        {
            await AddUsedAsync(manifest.Bytes, used, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidContentException)
        {
            // The files that this kind of image needs are unknown.
            return;
        }

        foreach (string path in Directory.GetFiles(root))
        {
            Match name = NamePattern().Match(Path.GetFileName(path));
            if (name.Success && (name.Groups["hex"].Success ? !used.Contains(name.Groups["hex"].Value) : replaced))
            {
                TryDelete.Run(() => File.Delete(path));
            }
        }
    }

    private async Task AddUsedAsync(ReadOnlyMemory<byte> manifest, HashSet<string> used, CancellationToken cancellationToken)
    {
        foreach (Digest digest in NamedDigests.In(manifest, $"A manifest in '{root}'"))
        {
            if (used.Add(digest.Hex) && File.Exists(GetManifestPath(digest)))
            {
                byte[] child = await File.ReadAllBytesAsync(GetManifestPath(digest), cancellationToken).ConfigureAwait(false);
                await AddUsedAsync(child, used, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [GeneratedRegex(
        @"^(?:(?<hex>[0-9a-f]{64}|[0-9a-f]{128})(?:\.manifest\.json|\.signature-[0-9]+)?|signature-[0-9]+)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
