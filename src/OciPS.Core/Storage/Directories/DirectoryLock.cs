// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.References;

namespace OciPS.Storage.Directories;

/// <summary>The right to write to an image's folder, which is made for it: one writer has it at a time.</summary>
internal sealed class DirectoryLock(DirectoryFiles files, IOperationLog log) : IDisposable
{
    private static readonly byte[] s_version = Encoding.UTF8.GetBytes(DirectoryFiles.Version);

    private readonly SemaphoreSlim _ensuring = new(1, 1);
    private PathLock? _writing;
    private bool _createdFolder;

    /// <summary>Whether there was no image when the lock was taken.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Makes the folder, and keeps other writers out of it until the lock is released. Asked again, it returns at once.</summary>
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

    /// <summary>The folder stays, since it holds an image now.</summary>
    public void Keep() => _createdFolder = false;

    public void Release()
    {
        _writing?.Dispose();
        _writing = null;
    }

    /// <summary>Releases the lock; a folder that was made for it and holds nothing goes again.</summary>
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
            // Another writer has taken back what it began.
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
        // The file that says it is the first that a writer makes.
        if (!files.IsImage && files.HoldsAnything && !files.IsImage)
        {
            throw new StorageException(
                ErrorIds.InvalidDestination,
                $"'{files.Root}' is a folder that holds other things than an image: it has no file 'version' with "
                    + $"'{DirectoryFiles.Version.TrimEnd()}'. {TransportHint.ForFolder(files.Root)} Give an empty or a new folder.");
        }
    }
}
