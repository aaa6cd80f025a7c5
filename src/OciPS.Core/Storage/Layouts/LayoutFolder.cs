// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>The folder of an OCI layout: created by the first writer, locked while its index changes.</summary>
internal sealed class LayoutFolder(string root)
{
    private readonly object _ensuring = new();
    private readonly ConcurrentDictionary<Digest, long> _expected = new();
    private bool _created;
    private bool _tidied;

    /// <summary>Whether the folder had no index when it was created here.</summary>
    public bool IsNew { get; private set; }

    public string IndexPath { get; } = Path.Combine(root, "index.json");

    private string MarkerPath { get; } = Path.Combine(root, "oci-layout");

    public string GetBlobPath(Digest digest) => Path.Combine(root, "blobs", digest.Algorithm, digest.Hex);

    public long? FindSize(Digest digest)
    {
        var file = new FileInfo(GetBlobPath(digest));
        return file.Exists ? file.Length : null;
    }

    /// <summary>Records a blob that has to exist when a manifest is put.</summary>
    public void Expect(Digest digest, long size) => _expected[digest] = size;

    /// <summary>Checks that the recorded blobs still exist: another writer may have undone its unfinished write.</summary>
    public void CheckExpected()
    {
        foreach ((Digest digest, long size) in _expected)
        {
            if (FindSize(digest) != size)
            {
                throw new ContentNotFoundException(
                    ErrorIds.BlobNotFound,
                    $"The blob {digest} in the layout '{root}' was removed by another program while this image was written. Write the "
                        + "image once more.");
            }
        }
    }

    /// <summary>Keeps the folder: it now holds an image.</summary>
    public void Keep() => _created = false;

    /// <summary>Removes the layout if it was created here and no image was completed.</summary>
    public void RemoveBegun()
    {
        if (_created && !File.Exists(IndexPath))
        {
            TryDelete.Run(DeleteOwn);
        }
    }

    /// <summary>Creates the layout if necessary.</summary>
    public void Ensure()
    {
        lock (_ensuring)
        {
            if (File.Exists(MarkerPath))
            {
                Tidy();
                return;
            }

            if (File.Exists(root))
            {
                throw new StorageException(
                    ErrorIds.StorageWriteError, $"'{root}' is a file, and an OCI layout is a folder. Give an empty or a new folder.");
            }

            bool wasThere = Directory.Exists(root);
            if (wasThere && !File.Exists(IndexPath) && HoldsOtherThings() && !File.Exists(MarkerPath))
            {
                throw new StorageException(
                    ErrorIds.InvalidDestination,
                    $"'{root}' is a folder that holds other things than an OCI layout.{TransportHint.ForFolder(root)} Give an empty or a "
                        + "new folder.");
            }

            Directory.CreateDirectory(root);
            _created |= !wasThere;
            IsNew |= !File.Exists(IndexPath);
            WriteMarker();
        }
    }

    /// <summary>Locks the layout's marker file while index.json changes, so that concurrent writers lose no entries.</summary>
    public async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(MarkerPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (attempt < 600 && File.Exists(MarkerPath))
            {
                await Task.Delay(50, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool HoldsOtherThings() =>
        Directory.EnumerateFileSystemEntries(root).Any(path => !TemporaryFile.IsOurs(Path.GetFileName(path)));

    private void Tidy()
    {
        if (!_tidied)
        {
            _tidied = true;
            TemporaryFile.RemoveAbandoned(root);
        }
    }

    /// <summary>Writes the marker atomically and never replaces an existing one, since other writers lock that very file.</summary>
    private void WriteMarker()
    {
        using var marker = TemporaryFile.Create(root);
        marker.Stream.Write("""{"imageLayoutVersion":"1.0.0"}"""u8);
        try
        {
            marker.MoveTo(MarkerPath, overwrite: false);
        }
        catch (IOException) when (File.Exists(MarkerPath))
        {
        }
    }

    // Files that another process has written in the meantime stay.
    private void DeleteOwn()
    {
        HashSet<string> own = _expected.Keys.Select(GetBlobPath).Append(MarkerPath).ToHashSet(StringComparer.Ordinal);
        if (Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).All(own.Contains))
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
