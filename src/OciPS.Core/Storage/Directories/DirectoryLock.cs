// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.References;

namespace OciPS.Storage.Directories;

/// <summary>The write lock on an image's folder, which is created if necessary; one writer holds it at a time.</summary>
internal sealed class DirectoryLock(DirectoryFiles files, IOperationLog log) : IDisposable
{
    private static readonly byte[] s_version = Encoding.UTF8.GetBytes(DirectoryFiles.Version);

    private readonly SemaphoreSlim _ensuring = new(1, 1);
    private PathLock? _writing;
    private bool _createdFolder;

    /// <summary>Whether the folder held no image when the lock was acquired.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Creates the folder and locks out other writers until the lock is released. Further calls return at once.</summary>
    public async Task<bool> AcquireAsync(CancellationToken cancellationToken)
    {
        await _ensuring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_writing is null)
            {
                await TryAcquireAsync(cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            _ensuring.Release();
        }
    }

    /// <summary>Keeps the folder: it now holds an image.</summary>
    public void Keep() => _createdFolder = false;

    public void Release()
    {
        _writing?.Dispose();
        _writing = null;
    }

    /// <summary>Releases the lock; deletes the folder if it was created for this write and is empty.</summary>
    public void Dispose()
    {
        Release();
        if (_createdFolder)
        {
            TryDelete.Run(() => Directory.Delete(files.Root));
        }

        _ensuring.Dispose();
    }

    private async Task TryAcquireAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(files.Root))
        {
            throw new StorageException(
                ErrorIds.StorageWriteError, $"'{files.Root}' is a file, and 'dir:' writes a folder. Give an empty or a new folder.");
        }

        bool wasThere = Directory.Exists(files.Root);
        if (wasThere)
        {
            ExpectImageOrNothing();
        }

        Directory.CreateDirectory(files.Root);
        PathLock writing;
        try
        {
            writing = await PathLock.ForFolderAsync(files.Root, log, cancellationToken).ConfigureAwait(false);
        }
        catch (DirectoryNotFoundException)
        {
            // Another writer has deleted the folder that it had created.
            return;
        }

        try
        {
            await PrepareAsync(wasThere, cancellationToken).ConfigureAwait(false);
            _writing = writing;
        }
        finally
        {
            if (_writing is null)
            {
                writing.Dispose();
            }
        }
    }

    private async Task PrepareAsync(bool wasThere, CancellationToken cancellationToken)
    {
        ExpectImageOrNothing();
        _createdFolder |= !wasThere;
        TemporaryFile.RemoveAbandoned(files.Root);
        if (!files.IsImage)
        {
            await BlobFile.ReplaceAsync(files.Add(files.VersionFile), s_version, cancellationToken).ConfigureAwait(false);
        }

        IsNew = !File.Exists(files.Manifest);
    }

    private void ExpectImageOrNothing()
    {
        // Checked twice: a concurrent writer creates the version file first.
        if (!files.IsImage && files.HoldsAnything && !files.IsImage)
        {
            throw new StorageException(
                ErrorIds.InvalidDestination,
                $"'{files.Root}' is a folder that holds other things than an image: it has no file 'version' with "
                    + $"'{DirectoryFiles.Version.TrimEnd()}'. {TransportHint.ForFolder(files.Root)} Give an empty or a new folder.");
        }
    }
}
