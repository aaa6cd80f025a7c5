// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Text;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Stores;

/// <summary>An OCI image layout in a tar file.</summary>
/// <remarks>
/// Image specification, "Image Layout". What is written waits in spool files beside the archive; with each manifest the
/// archive is written anew, complete, and takes the place of the one that was there. A write to a tag keeps the other tags'
/// images; where the reference has none, the image replaces all but what was written for it before, its referrers.
/// </remarks>
internal sealed class OciArchiveStore : IImageStore
{
    private const string IndexName = "index.json";
    private const string MarkerName = "oci-layout";

    private static readonly byte[] s_marker = Encoding.UTF8.GetBytes("""{"imageLayoutVersion":"1.0.0"}""");

    private readonly IOperationLog _log;
    private readonly bool _replaces;
    private readonly ArchiveTarget _target;
    private readonly BlobSpools _spools;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private ArchiveFile? _archive;
    private byte[] _own = [];

    public OciArchiveStore(ImageReference reference, IOperationLog log)
    {
        Repository = reference.WithTag(null);
        _log = log;
        _replaces = reference.Tag is null;
        _target = new ArchiveTarget(reference.Path);
        _spools = new BlobSpools(_target.Folder);
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Oci;

    public bool IsLocal => true;

    public bool KeepsManifests => true;

    public bool TakesReferrers => true;

    public async Task<ManifestContent> ResolveAsync(ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return await LayoutImageFinder.ResolveAsync(this, index, reference, SizeOf, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<string> ListTagsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        foreach (string tag in LayoutImageFinder.TagsOf(index))
        {
            yield return tag;
        }
    }

    public async Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        if (_spools.Open(blob.Digest) is { } spooled)
        {
            return spooled;
        }

        ArchiveFile archive = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return archive.TryFind(NameOf(blob.Digest)) is { } member
            ? archive.Open(member)
            : throw new ContentNotFoundException(
                ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in '{Repository.Path}': the archive is incomplete.");
    }

    public async Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return BlobFile.Fits(blob, SizeOf(blob.Digest));
    }

    public async Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return await _spools.WriteAsync(source, cancellationToken).ConfigureAwait(false);
    }

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        await PutChildAsync(manifest, cancellationToken).ConfigureAwait(false);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string what = $"{IndexName} in '{Repository.Path}'";
            _own = LayoutIndex.Set(_own, manifest.Descriptor, tag, what);
            bool replaces = _replaces && tag is null && ReferrerIndex.SubjectOf(manifest, what) is null;
            byte[] index = replaces ? _own : LayoutIndex.Set(await ReadPresentIndexAsync(cancellationToken).ConfigureAwait(false), manifest.Descriptor, tag, what);
            await WriteArchiveAsync(index, cancellationToken).ConfigureAwait(false);
            _archive?.Dispose();
            _archive = null;
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        WriteBlobAsync(BlobSource.OfBytes(manifest.Bytes, manifest.Descriptor), cancellationToken);

    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        await LayoutReferrers.ListAsync(this, await ReadIndexAsync(cancellationToken).ConfigureAwait(false), subject, cancellationToken).ConfigureAwait(false);

    public Task<bool> TryMountAsync(Descriptor blob, IImageStore from, CancellationToken cancellationToken) => Task.FromResult(false);

    public void Dispose()
    {
        _archive?.Dispose();
        _spools.Dispose();
        _opening.Dispose();
        _writing.Dispose();
    }

    private static string NameOf(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    private long? SizeOf(Digest digest) => _spools.SizeOf(digest) ?? _archive?.TryFind(NameOf(digest))?.Length;

    private async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken)
    {
        ArchiveFile archive = await OpenAsync(cancellationToken).ConfigureAwait(false);
        byte[] bytes = await ReadIndexBytesAsync(archive, cancellationToken).ConfigureAwait(false);
        return LayoutIndex.Parse(bytes, $"{IndexName} in '{Repository.Path}'");
    }

    private async Task<byte[]> ReadPresentIndexAsync(CancellationToken cancellationToken) => _target.HasContent
        ? await ReadIndexBytesAsync(await OpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
        : [];

    private async Task<byte[]> ReadIndexBytesAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        ArchiveFile.Member member = archive.TryFind(IndexName) ?? throw new InvalidContentException(
            ErrorIds.InvalidLayout,
            $"'{Repository.Path}' is not a complete OCI archive: it has no {IndexName}.{TransportHint.OfArchive(name => archive.TryFind(name) is not null)}");
        return await archive.ReadAllAsync(member, LayoutIndex.MaximumSize, $"{IndexName} in '{Repository.Path}'", cancellationToken).ConfigureAwait(false);
    }

    private async Task<ArchiveFile> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _archive ??= await ArchiveFile.OpenAsync(Repository.Path, _log, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Sees to it that an archive can be written here, and opens the one that is there.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_archive is not null)
        {
            return;
        }

        _target.Check();
        if (!_target.HasContent)
        {
            return;
        }

        try
        {
            await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidContentException error)
        {
            throw _target.Refuse($"is not an OCI archive ({error.Message})", error);
        }
    }

    private async Task WriteArchiveAsync(byte[] index, CancellationToken cancellationToken)
    {
        ImageIndex parsed = LayoutIndex.Parse(index, IndexName);
        IReadOnlyList<Descriptor> blobs = await LayoutContents.ListAsync(this, parsed, SizeOf, cancellationToken).ConfigureAwait(false);
        await _target.WriteAsync(
            async tar =>
            {
                await tar.WriteDirectoryAsync("blobs", cancellationToken).ConfigureAwait(false);
                foreach (IGrouping<string, Descriptor> algorithm in blobs.GroupBy(blob => blob.Digest.Algorithm))
                {
                    await tar.WriteDirectoryAsync($"blobs/{algorithm.Key}", cancellationToken).ConfigureAwait(false);
                    foreach (Descriptor blob in algorithm)
                    {
                        await WriteBlobAsync(tar, blob, cancellationToken).ConfigureAwait(false);
                    }
                }

                await tar.WriteFileAsync(IndexName, TarHeaderWriter.DefaultMode, index, cancellationToken).ConfigureAwait(false);
                await tar.WriteFileAsync(MarkerName, TarHeaderWriter.DefaultMode, s_marker, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteBlobAsync(TarArchiveWriter tar, Descriptor blob, CancellationToken cancellationToken)
    {
        using Stream content = await this.OpenVerifiedAsync(blob, $"The blob {blob.Digest} in '{Repository.Path}'", cancellationToken).ConfigureAwait(false);
        await tar.WriteFileAsync(NameOf(blob.Digest), content, blob.Size, cancellationToken).ConfigureAwait(false);
    }
}
