// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.Directories;

/// <summary>The files of an image directory: what they are called, which were added, and which the image no longer needs.</summary>
internal sealed partial class DirectoryFiles(string root)
{
    /// <summary>What the <c>version</c> of an image directory says.</summary>
    public const string Version = "Directory Transport Version: 1.1\n";

    private const string ManifestEnding = ".manifest.json";

    private readonly HashSet<string> _added = new(StringComparer.Ordinal);

    public string Root => root;

    public string Manifest => Path.Combine(root, "manifest.json");

    public string VersionFile => Path.Combine(root, "version");

    /// <summary>Whether there is anything, but for what writers have there for the time of a write.</summary>
    public bool HoldsAnything => Directory.EnumerateFileSystemEntries(root).Any(path => !TemporaryFile.IsOurs(Path.GetFileName(path)));

    public bool IsImage =>
        File.Exists(VersionFile) && new FileInfo(VersionFile).Length == Version.Length && File.ReadAllText(VersionFile) == Version;

    public string Blob(Digest digest) => Path.Combine(root, digest.Hex);

    public string GetManifestPath(Digest digest) => Path.Combine(root, digest.Hex + ManifestEnding);

    /// <summary>Notes a file that is about to be made, if it is not there yet.</summary>
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

    /// <summary>What was added is part of an image now.</summary>
    public void Keep()
    {
        lock (_added)
        {
            _added.Clear();
        }
    }

    /// <summary>Removes what was added and is part of no image.</summary>
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
    /// Removes what an earlier image needed and this one does not: blobs, manifests and their signatures. Other files stay.
    /// </summary>
    /// <param name="manifest">The image that is there now.</param>
    /// <param name="replaced">Whether another one was there, to which the signatures belong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RemoveUnusedAsync(ManifestContent manifest, bool replaced, CancellationToken cancellationToken)
    {
        HashSet<string> used = [];
        try
        {
            await AddUsedAsync(manifest.Bytes, used, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidContentException)
        {
            // Which files such an image needs cannot be told.
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
