// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Storage.Layouts;

/// <summary>The file of an OCI archive and its staged images: they are spooled, and one rewrite adds them all.</summary>
/// <remarks>
/// Several processes may write one archive: a rewrite holds its lock, and adds to the current content. Blobs that existed when they were
/// requested stay readable, even if another writer has removed them since.
/// </remarks>
internal sealed class OciArchive : IStoreBatch
{
    private const string IndexName = "index.json";
    private const string MarkerName = "oci-layout";

    private static readonly byte[] s_marker = Encoding.UTF8.GetBytes("""{"imageLayoutVersion":"1.0.0"}""");

    private readonly IOperationLog _log;
    private readonly ArchiveTarget _target;
    private readonly BlobSpools _spools;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly List<LayoutChanges> _staged = [];
    private ArchiveFile? _archive;
    private ArchiveFile? _current;

    public OciArchive(string path, IOperationLog log)
    {
        Path = path;
        _log = log;
        _target = new ArchiveTarget(path);
        _spools = new BlobSpools(_target.Folder);
    }

    public string Path { get; }

    private string IndexText => $"{IndexName} in '{Path}'";

    public long? FindSize(Digest digest)
    {
        string name = GetName(digest);
        return _spools.FindSize(digest) ?? _current?.TryFind(name)?.Length ?? _archive?.TryFind(name)?.Length;
    }

    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    public async Task<Stream> OpenBlobAsync(Digest digest, CancellationToken cancellationToken)
    {
        if (_spools.Open(digest) is { } spooled)
        {
            return spooled;
        }

        string name = GetName(digest);
        if (_current is { } current && current.TryFind(name) is { } there)
        {
            return current.Open(there);
        }

        ArchiveFile archive = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return archive.TryFind(name) is { } member
            ? archive.Open(member)
            : throw new ContentNotFoundException(
                ErrorIds.BlobNotFound, $"The blob {digest} is missing in '{Path}': the archive is incomplete.");
    }

    /// <summary>Checks that an archive can be written here, and opens the existing one.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_archive is not null)
        {
            return;
        }

        _target.Check();
        if (_target.HasContent)
        {
            await ReadForWritingAsync(OpenAsync, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return await _spools.WriteAsync(source, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The index with the staged and some additional changes.</summary>
    /// <exception cref="ContentNotFoundException">There is no archive, and nothing is staged.</exception>
    public async Task<ImageIndex> ReadIndexAsync(LayoutChanges more, CancellationToken cancellationToken)
    {
        bool isNew = !_target.HasContent && !(more.IsEmpty && _staged.Count == 0);
        ReadOnlyMemory<byte> index = isNew
            ? default
            : await ReadIndexBytesAsync(await OpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return LayoutIndex.Parse(more.ApplyTo(ApplyStaged(index), IndexText), IndexText);
    }

    /// <summary>Stages an image whose blobs are here for the next <see cref="WriteAsync(CancellationToken)"/>.</summary>
    public void Stage(LayoutChanges image) => _staged.Add(image);

    public IImageStore OpenDestination(ImageReference reference) => new OciArchiveStore(reference, this);

    /// <inheritdoc/>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        using PathLock writing = await _target.LockAsync(_log, cancellationToken).ConfigureAwait(false);
        try
        {
            // Reopened, since another process may have written in the meantime.
            byte[] present = _target.HasContent ? await ReadForWritingAsync(OpenCurrentAsync, cancellationToken).ConfigureAwait(false) : [];
            await WriteAsync(ApplyStaged(present), cancellationToken).ConfigureAwait(false);
            _staged.Clear();
            _archive?.Dispose();
            _archive = null;
        }
        finally
        {
            _current?.Dispose();
            _current = null;
        }
    }

    public void Dispose()
    {
        _archive?.Dispose();
        _spools.Dispose();
        _opening.Dispose();
    }

    private static string GetName(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    private ReadOnlyMemory<byte> ApplyStaged(ReadOnlyMemory<byte> index) =>
        _staged.Aggregate(index, (changed, image) => image.ApplyTo(changed, IndexText));

    private async Task<ArchiveFile> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _archive ??= await ArchiveFile.OpenAsync(Path, _log, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<ArchiveFile> OpenCurrentAsync(CancellationToken cancellationToken) =>
        _current = await ArchiveFile.OpenAsync(Path, _log, cancellationToken).ConfigureAwait(false);

    private async Task<byte[]> ReadForWritingAsync(Func<CancellationToken, Task<ArchiveFile>> open, CancellationToken cancellationToken)
    {
        try
        {
            byte[] index = await ReadIndexBytesAsync(
                await open(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            LayoutIndex.Parse(index, IndexText);
            return index;
        }
        catch (InvalidContentException error)
        {
            throw _target.Refuse($"is not an OCI archive ({error.Message})", error);
        }
    }

    private async Task<byte[]> ReadIndexBytesAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        ArchiveFile.Member member = archive.TryFind(IndexName) ?? throw new InvalidContentException(
            ErrorIds.InvalidLayout,
            $"'{Path}' is not a complete OCI archive: it has no "
                + $"{IndexName}.{TransportHint.ForArchive(name => archive.TryFind(name) is not null)}");
        return await archive.ReadAllAsync(member, LayoutIndex.MaximumSize, IndexText, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> index, CancellationToken cancellationToken)
    {
        var store = new OciArchiveStore(this);
        ImageIndex parsed = LayoutIndex.Parse(index, IndexName);
        IReadOnlyList<Descriptor> blobs = await LayoutContents.ListAsync(store, parsed, FindSize, cancellationToken).ConfigureAwait(false);
        await _target.WriteAsync(
            async tar =>
            {
                await tar.WriteDirectoryAsync("blobs", cancellationToken).ConfigureAwait(false);
                foreach (IGrouping<string, Descriptor> algorithm in blobs.GroupBy(blob => blob.Digest.Algorithm))
                {
                    await tar.WriteDirectoryAsync($"blobs/{algorithm.Key}", cancellationToken).ConfigureAwait(false);
                    foreach (Descriptor blob in algorithm)
                    {
                        using Stream content = await store.OpenVerifiedAsync(
                            blob, $"The blob {blob.Digest} in '{Path}'", cancellationToken).ConfigureAwait(false);
                        await tar.WriteFileAsync(GetName(blob.Digest), content, blob.Size, cancellationToken).ConfigureAwait(false);
                    }
                }

                await tar.WriteFileAsync(IndexName, TarHeaderWriter.DefaultMode, index, cancellationToken).ConfigureAwait(false);
                await tar.WriteFileAsync(MarkerName, TarHeaderWriter.DefaultMode, s_marker, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
