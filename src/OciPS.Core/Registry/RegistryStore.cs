// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Resilience;
using OciPS.Stores;
using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>A repository in a registry.</summary>
/// <remarks>Distribution specification, "Endpoints".</remarks>
internal sealed class RegistryStore : IImageStore
{
    private const string DigestHeader = "Docker-Content-Digest";
    private const string SubjectHeader = "OCI-Subject";

    private readonly RegistrySession _session;
    private readonly BlobUploader _uploader;
    private readonly RegistryReferrers _referrers;
    private readonly string _pull;
    private readonly string _push;

    /// <param name="reference">Names the repository.</param>
    /// <param name="log">Is told what happens.</param>
    /// <param name="budget">How long may be waited for the registry; null for what is left of what the whole operation may wait.</param>
    public RegistryStore(ImageReference reference, IOperationLog log, RetryBudget? budget = null)
    {
        Repository = reference.WithTag(null);
        _session = new RegistrySession(RegistryClient.For(reference.Registry), log, budget);
        _pull = RegistryScope.Pull(reference.Repository);
        _push = RegistryScope.PullPush(reference.Repository);
        _uploader = new BlobUploader(_session, Repository);
        _referrers = new RegistryReferrers(_session, Repository);
        SeenRepositories.Add(Repository);
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Docker;

    public bool IsLocal => false;

    public bool KeepsManifests => true;

    public bool TakesReferrers => true;

    public async Task<ManifestContent> ResolveAsync(ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        string name = reference.Digest?.ToString() ?? reference.Tag ?? "latest";
        Uri address = await _session.AddressOfAsync($"{Repository.Repository}/manifests/{name}", cancellationToken).ConfigureAwait(false);
        return await _session.GetAsync(
            address, [_pull], request => Accept(request, accept), (response, token) => ReadManifestAsync(reference, response, token), cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken) =>
        new TagLister(_session, Repository).ListAsync(cancellationToken);

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) => OpenBlobFromAsync(blob, 0, cancellationToken);

    /// <summary>Opens a blob from an offset on.</summary>
    public async Task<Stream> OpenBlobFromAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        var content = new ResumingStream(
            (done, token) => OpenBlobAsync(blob, offset + done, null, token), _session.Retry, $"The download of {blob.Digest} from '{Repository.Name}'");
        try
        {
            await content.BeginAsync(cancellationToken).ConfigureAwait(false);
            return content;
        }
        catch
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<Stream?> TryOpenBlobPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken)
    {
        if (offset == 0 && blob.SizeIsKnown && length == blob.Size)
        {
            return new LimitedStream(await OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false), length);
        }

        var part = new BlobRange(offset, length);
        var content = new ResumingStream(
            (done, token) => OpenBlobAsync(blob, offset + done, part, token), _session.Retry, $"The download of a part of {blob.Digest} from '{Repository.Name}'");
        try
        {
            await content.BeginAsync(cancellationToken).ConfigureAwait(false);
            if (part.IsKnown)
            {
                return new LimitedStream(content, length);
            }
        }
        catch
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await content.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    public async Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken)
    {
        if (await BlobExistsAsync(entry, cancellationToken).ConfigureAwait(false))
        {
            return ContentPlace.Blob;
        }

        using HttpResponseMessage response = await _session.AskAsync(
            $"{Repository.Repository}/manifests/{entry.Digest}", [_pull], request => Accept(request, [.. MediaTypes.AllManifests, entry.MediaType]), cancellationToken).ConfigureAwait(false);
        // Docker's registry answers 500 where the digest is not a manifest's.
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            throw BlobReader.NoEntry(this, entry);
        }

        await RegistryErrors.EnsureSuccessAsync(response, $"ask '{Repository.Name}' for {entry.Digest}", cancellationToken).ConfigureAwait(false);
        return ContentPlace.Manifest;
    }

    public async Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _session.SendAsync(
            HttpMethod.Head, $"{Repository.Repository}/blobs/{blob.Digest}", [_push], null, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await RegistryErrors.EnsureSuccessAsync(response, $"ask '{Repository.Name}' for the blob {blob.Digest}", cancellationToken).ConfigureAwait(false);
        // A page of another kind, where a proxy stands between, is not the blob.
        return !blob.SizeIsKnown || response.Content.Headers.ContentLength is not { } length || length == blob.Size;
    }

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) => _uploader.WriteAsync(source, cancellationToken);

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        string name = tag ?? manifest.Digest.ToString();
        using HttpResponseMessage response = await _session.SendAsync(
            HttpMethod.Put,
            $"{Repository.Repository}/manifests/{name}",
            [_push],
            request =>
            {
                request.Content = new ReadOnlyMemoryContent(manifest.Bytes);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", manifest.MediaType);
            },
            cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, $"write the manifest '{Repository.WithTag(name)}'", cancellationToken).ConfigureAwait(false);
        if (HeaderDigest(response) is { } stored && stored.Algorithm == manifest.Digest.Algorithm && stored != manifest.Digest)
        {
            throw new InvalidContentException(
                ErrorIds.DigestMismatch, $"'{Repository.Registry}' stored the manifest of '{Repository.WithTag(name)}' as {stored}, but it was sent as {manifest.Digest}.");
        }

        // A registry with the referrers API says that it has seen the subject; in others the referrer is listed under a tag.
        if (!response.Headers.Contains(SubjectHeader) && ReferrerIndex.SubjectOf(manifest, $"The manifest of '{Repository.WithTag(name)}'") is { } subject)
        {
            await _referrers.AddToFallbackAsync(manifest, subject.Digest, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) => PutManifestAsync(manifest, null, cancellationToken);

    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) => _referrers.ListAsync(subject, cancellationToken);

    public async Task<bool> TryMountAsync(Descriptor blob, IImageStore from, CancellationToken cancellationToken) =>
        from.Repository.Transport == Transport.Registry
        && from.Repository.Registry == Repository.Registry
        && from.Repository.Repository != Repository.Repository
        && await _uploader.TryMountAsync(blob, from.Repository.Repository, cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
    }

    private static async Task<ManifestContent> ReadManifestAsync(ImageReference reference, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound, $"'{reference}' is not there: the registry knows no such manifest. Check the repository's name and the tag.");
        }

        await RegistryErrors.EnsureSuccessAsync(response, $"read the manifest of '{reference}'", cancellationToken).ConfigureAwait(false);
        string what = $"The manifest of '{reference}'";
        byte[] bytes = await response.ReadBoundedAsync(ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        Digest digest = Identify(bytes, reference, response, what);
        return ManifestContent.Identify(bytes, response.Content.Headers.ContentType?.MediaType, digest, what);
    }

    private async Task<Stream> OpenBlobAsync(Descriptor blob, long offset, BlobRange? part, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await _session.SendAsync(
            HttpMethod.Get,
            $"{Repository.Repository}/blobs/{blob.Digest}",
            [_pull],
            request => request.Headers.Range = offset > 0 || part is not null ? new RangeHeaderValue(offset, part?.Last) : null,
            cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                throw new ContentNotFoundException(ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in '{Repository.Name}': the registry has lost it.");
            }

            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && offset > 0 && offset == blob.Size)
            {
                // All of it had come; what broke was only the end.
                response.Dispose();
                return Stream.Null;
            }

            if (part is not null && !part.Accept(response))
            {
                response.Dispose();
                return Stream.Null;
            }

            await RegistryErrors.EnsureSuccessAsync(response, $"read the blob {blob.Digest} from '{Repository.Name}'", cancellationToken).ConfigureAwait(false);
            // A registry that knows no ranges sends all of it again.
            long begin = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? offset : 0;
            long size = blob.SizeIsKnown && part is null ? blob.Size - begin : 0;
            var content = new ResponseStream(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), Repository.Registry, size);
            await SkipAsync(content, offset - begin, cancellationToken).ConfigureAwait(false);

            return content;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task SkipAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(128 * 1024);
        while (count > 0)
        {
            int read = await content.ReadAsync(buffer.Memory[..(int)Math.Min(count, buffer.Memory.Length)], cancellationToken).ConfigureAwait(false);
            count -= read > 0 ? read : count;
        }
    }

    // The type in a descriptor need not be one that a header can have.
    private static void Accept(HttpRequestMessage request, IReadOnlyList<string> accept)
    {
        foreach (string mediaType in accept)
        {
            if (MediaTypeWithQualityHeaderValue.TryParse(mediaType, out MediaTypeWithQualityHeaderValue? value))
            {
                request.Headers.Accept.Add(value);
            }
        }
    }

    /// <summary>The manifest's digest, which must be the one asked for and the one that the registry tells.</summary>
    private static Digest Identify(byte[] bytes, ImageReference reference, HttpResponseMessage response, string what)
    {
        Digest? expected = reference.Digest ?? HeaderDigest(response);
        Digest actual = Schema1Manifest.IsSchema1(bytes)
            ? Schema1Signature.DigestOf(bytes, expected, what)
            : Digest.OfBytes(bytes, expected ?? default);
        CheckDigest(actual, expected ?? actual, what);
        return actual;
    }

    private static void CheckDigest(Digest actual, Digest expected, string what)
    {
        if (actual != expected)
        {
            throw new InvalidContentException(
                ErrorIds.DigestMismatch, $"{what} has the digest {actual}, but {expected} was expected: its content was changed or damaged.");
        }
    }

    private static Digest? HeaderDigest(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DigestHeader, out IEnumerable<string>? values) && Digest.TryParse(values.FirstOrDefault(), out Digest digest)
            ? digest
            : null;
}
