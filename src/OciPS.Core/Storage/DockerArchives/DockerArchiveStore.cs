// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage.DockerArchives;

/// <summary>Reads an image in a tarball as <c>docker save</c> and kaniko write it; <see cref="DockerArchiveDestination"/> writes.</summary>
/// <remarks>
/// The tarball has no registry manifest: one is generated for the blobs as they are, in schema 2, or in OCI format if a layer is compressed
/// with zstd, for which schema 2 has no media type. Digests in file names are not trusted; the content is hashed.
/// </remarks>
internal sealed class DockerArchiveStore : IImageStore
{
    private readonly ArchiveFile _archive;
    private readonly IReadOnlyList<DockerArchiveImage> _images;
    private readonly Dictionary<Digest, ArchiveFile.Member> _blobs = [];

    private DockerArchiveStore(ImageReference repository, ArchiveFile archive, IReadOnlyList<DockerArchiveImage> images)
    {
        Repository = repository;
        _archive = archive;
        _images = images;
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Docker;

    public bool IsLocal => true;

    public bool KeepsManifests => false;

    public int ImageCount => _images.Count;

    public static async Task<DockerArchiveStore> OpenAsync(ImageReference reference, IOperationLog log, CancellationToken cancellationToken)
    {
        ArchiveFile archive = await ArchiveFile.OpenAsync(reference.Path, log, cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<DockerArchiveImage> images = await DockerArchiveImage.ReadAllAsync(
                archive, cancellationToken).ConfigureAwait(false);
            return new DockerArchiveStore(reference.WithTag(null), archive, images);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken) =>
        DescribeAsync(Select(reference), cancellationToken);

    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken) =>
        ToAsync(_images.SelectMany(image => image.RepoTags));

    public async Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        if (_blobs.Count == 0)
        {
            foreach (DockerArchiveImage image in _images)
            {
                await DescribeAsync(image, cancellationToken).ConfigureAwait(false);
            }
        }

        return _blobs.TryGetValue(blob.Digest, out ArchiveFile.Member member)
            ? _archive.Open(member)
            : throw new ContentNotFoundException(ErrorIds.BlobNotFound, $"'{Repository.Path}' has no blob {blob.Digest}.");
    }

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken) =>
        Task.FromResult(_blobs.ContainsKey(blob.Digest));

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) => throw ReadOnly();

    public Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken) => throw ReadOnly();

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) => throw ReadOnly();

    public void Dispose() => _archive.Dispose();

    private static async IAsyncEnumerable<string> ToAsync(IEnumerable<string> tags)
    {
        foreach (string tag in tags)
        {
            yield return tag;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static NotSupportedException ReadOnly() => new("A docker-archive is opened for writing by itself.");

    private DockerArchiveImage Select(ImageReference reference)
    {
        string names = string.Join(", ", _images.SelectMany((image, index) => image.RepoTags.Count > 0 ? image.RepoTags : [$"@{index}"]));
        if (reference.SourceIndex is { } position)
        {
            return position < _images.Count
                ? _images[position]
                : throw new ContentNotFoundException(
                    ErrorIds.ManifestNotFound,
                    $"'{Repository.Path}' has no image '@{position}': it has {_images.Count}, and the first one is '@0'.");
        }

        if (reference.Tag is not { } tag)
        {
            return _images.Count == 1
                ? _images[0]
                : throw new InvalidInputException(
                    ErrorIds.AmbiguousImage,
                    $"'{Repository.Path}' has {_images.Count} images, where one is expected. Say which, as 'docker-archive:PATH:REF' or "
                        + $"by its position as 'docker-archive:PATH:@N': {names}.");
        }

        DockerArchiveImage[] found = _images.Where(image => image.RepoTags.Any(repoTag => SameName(repoTag, tag)))
            .DistinctBy(image => image.Config)
            .ToArray();
        if (found.Length > 1)
        {
            throw new InvalidInputException(
                ErrorIds.AmbiguousImage,
                $"'{Repository.Path}' has the name '{tag}' on several images, with the configs "
                    + $"{string.Join(", ", found.Select(image => $"'{image.Config}'"))}.");
        }

        return found.FirstOrDefault()
            ?? throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound, $"'{Repository.Path}' has no image '{tag}'. It has: {names}.");
    }

    private static bool SameName(string repoTag, string asked)
    {
        try
        {
            return ReferenceParser.ParseName(repoTag) == ReferenceParser.ParseName(asked);
        }
        catch (InvalidInputException)
        {
            return repoTag == asked;
        }
    }

    private async Task<ManifestContent> DescribeAsync(DockerArchiveImage image, CancellationToken cancellationToken)
    {
        Descriptor config = await DescribeAsync(image.Config, _ => MediaTypes.DockerConfig, cancellationToken).ConfigureAwait(false);
        var layers = new List<Descriptor>(image.Layers.Count);
        foreach (string layer in image.Layers)
        {
            layers.Add(await DescribeAsync(
                layer,
                first => MediaTypes.Layer(ManifestFormat.Docker, LayerCodecs.Detect(first).Compression),
                cancellationToken).ConfigureAwait(false));
        }

        ManifestFormat format = FormatConverter.Choose(ManifestFormat.Docker, layers);
        return ManifestEditor.Create(
            format,
            config with { MediaType = MediaTypes.Config(format) },
            layers.Select(layer => layer with { MediaType = MediaTypes.Convert(layer.MediaType, format) }));
    }

    private async Task<Descriptor> DescribeAsync(string name, Func<byte[], string> getMediaType, CancellationToken cancellationToken)
    {
        ArchiveFile.Member member = _archive.Find(name);
        byte[] first = new byte[6];
        using var hasher = new ContentHasher(withCrc: false);
        using Stream content = new TapStream(_archive.Open(member), hasher);
        int count = await content.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        await content.CopyToAsync(Stream.Null, 256 * 1024, cancellationToken).ConfigureAwait(false);
        ContentDigests digests = await hasher.FinishAsync(cancellationToken).ConfigureAwait(false);
        var descriptor = new Descriptor(getMediaType(first[..count]), digests.Digest, digests.Length);
        _blobs[descriptor.Digest] = member;
        return descriptor;
    }
}
