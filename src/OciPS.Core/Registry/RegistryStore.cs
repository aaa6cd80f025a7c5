// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Download;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;
using OciPS.Registry.Upload;
using OciPS.Storage;
using OciPS.Storage.Capabilities;

namespace OciPS.Registry;

/// <summary>A repository in a registry.</summary>
/// <remarks>Distribution specification, "Endpoints".</remarks>
internal sealed class RegistryStore : IImageStore, IMountable, IReferrerStore, IPartialReads, IContentLocator, IRefetchable
{
    private readonly RegistrySession _session;
    private readonly BlobUploader _uploader;
    private readonly RegistryReferrers _referrers;
    private readonly string _pull;
    private readonly BlobProbe _blobs;
    private readonly BlobProbe _ownBlobs;
    private readonly BlobDownloader _downloads;
    private readonly ManifestWriter _manifests;

    /// <param name="reference">The reference of the repository.</param>
    /// <param name="registries">The registries of the session.</param>
    /// <param name="log">Receives diagnostics.</param>
    /// <param name="budget">Limits the time spent waiting for the registry.</param>
    public RegistryStore(ImageReference reference, Registries registries, IOperationLog log, RetryBudget budget)
    {
        Repository = reference.WithTag(null);
        _session = new RegistrySession(registries.GetClient(reference.Registry), log, budget);
        _pull = RegistryScope.Pull(reference.Repository);
        _downloads = new BlobDownloader(_session, Repository);
        _blobs = new BlobProbe(_session, Repository, RegistryScope.PullPush(reference.Repository));
        _ownBlobs = new BlobProbe(_session, Repository, _pull);
        _manifests = new ManifestWriter(_session, Repository, registries.Clock);
        _uploader = new BlobUploader(_session, Repository, _blobs, registries.Clock);
        _referrers = new RegistryReferrers(_session, Repository, _manifests);
        registries.Seen.Add(Repository);
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Docker;

    public bool IsLocal => false;

    public bool KeepsManifests => true;

    public async Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadManifestAsync(reference, accept, isFresh: false, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidContentException error) when (error.ErrorId is ErrorIds.DigestMismatch or ErrorIds.InvalidManifest)
        {
            _session.Log.Verbose($"'{reference}' is read again, bypassing caches: {error.Message}");
            return await ReadManifestAsync(reference, accept, isFresh: true, cancellationToken).ConfigureAwait(false);
        }
    }

    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken) =>
        new TagLister(_session, Repository).ListAsync(cancellationToken);

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) =>
        _downloads.OpenAsync(blob, 0, cancellationToken);

    /// <summary>Opens a blob at an offset.</summary>
    public Task<Stream> OpenBlobFromAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
        _downloads.OpenAsync(blob, offset, cancellationToken);

    public Task<Stream?> TryOpenBlobPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken) =>
        _downloads.TryOpenPartAsync(blob, offset, length, cancellationToken);

    public bool CanRefetch(Digest blob) => _downloads.IsTrusted(blob);

    public void RequireOriginal(Digest blob) => _downloads.RequireOriginal(blob);

    public async Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken)
    {
        if (await _ownBlobs.IsSaidAsync(entry.Digest, entry.SizeIsKnown ? entry.Size : null, cancellationToken).ConfigureAwait(false))
        {
            return ContentPlace.Blob;
        }

        using HttpResponseMessage response = await _session.AskAsync(
            $"{Repository.Repository}/manifests/{entry.Digest}", [_pull], request =>
                Prepare(request, [.. MediaTypes.AllManifests, entry.MediaType], isFresh: false), cancellationToken).ConfigureAwait(false);
        // Docker's registry returns 500 if the digest is not a manifest's.
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            throw BlobReader.NoEntry(this, entry);
        }

        await RegistryErrors.EnsureSuccessAsync(
            response, $"ask '{Repository.Name}' for {entry.Digest}", cancellationToken).ConfigureAwait(false);
        return ContentPlace.Manifest;
    }

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken) =>
        _blobs.ExistsAsync(blob.Digest, blob.SizeIsKnown ? blob.Size : null, cancellationToken);

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) =>
        _uploader.WriteAsync(source, cancellationToken);

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        bool hasSeenSubject = await _manifests.PutAsync(manifest, tag, cancellationToken).ConfigureAwait(false);
        // A registry with the referrers API confirms the subject; for others the referrer is listed under the fallback tag.
        if (!hasSeenSubject && ReferrerIndex.GetSubject(manifest, $"The manifest {manifest.Digest} of '{Repository.Name}'") is { } subject)
        {
            await _referrers.AddToFallbackAsync(manifest, subject.Digest, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        PutManifestAsync(manifest, null, cancellationToken);

    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        _referrers.ListAsync(subject, cancellationToken);

    public async Task<bool> TryMountAsync(Descriptor blob, ImageReference from, CancellationToken cancellationToken) =>
        from.Registry == Repository.Registry
        && from.Repository != Repository.Repository
        && await _uploader.TryMountAsync(blob, from.Repository, cancellationToken).ConfigureAwait(false);

    public void Dispose()
    {
    }

    private async Task<ManifestContent> ReadManifestAsync(
        ImageReference reference, IReadOnlyList<string> accept, bool isFresh, CancellationToken cancellationToken)
    {
        string name = reference.Digest?.ToString() ?? reference.Tag ?? ReferenceParser.DefaultTag;
        Uri address = await _session.GetAddressAsync($"{Repository.Repository}/manifests/{name}", cancellationToken).ConfigureAwait(false);
        return await _session.GetAsync(
            address,
            [_pull],
            request => Prepare(request, accept, isFresh),
            (response, token) => ReadManifestAsync(reference, response, token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ManifestContent> ReadManifestAsync(
        ImageReference reference, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string? tag = reference.Digest is null ? reference.Tag ?? ReferenceParser.DefaultTag : null;
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            Remember(tag, null);
            throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound,
                $"'{reference}' is not there: the registry knows no such manifest. Check the repository's name and the tag.");
        }

        await RegistryErrors.EnsureSuccessAsync(response, $"read the manifest of '{reference}'", cancellationToken).ConfigureAwait(false);
        string what = $"The manifest of '{reference}'";
        byte[] bytes = await response.ReadBoundedAsync(ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        Remember(tag, ManifestProbe.ToStored(bytes, response));
        Digest digest = Identify(bytes, reference, response, what);
        return ManifestContent.Identify(bytes, response.Content.Headers.ContentType?.MediaType, digest, what);
    }

    // The former manifest is then known when the tag is overwritten.
    private void Remember(string? tag, StoredManifest? manifest)
    {
        if (tag is not null)
        {
            _manifests.Saw(tag, manifest);
        }
    }

    // The media type in a descriptor may be invalid in a header.
    private static void Prepare(HttpRequestMessage request, IReadOnlyList<string> accept, bool isFresh)
    {
        request.Headers.CacheControl = isFresh ? new CacheControlHeaderValue { NoCache = true } : null;
        foreach (string mediaType in accept)
        {
            if (MediaTypeWithQualityHeaderValue.TryParse(mediaType, out MediaTypeWithQualityHeaderValue? value))
            {
                request.Headers.Accept.Add(value);
            }
        }
    }

    /// <summary>The manifest's digest, checked against the requested one and the one in the response.</summary>
    private static Digest Identify(byte[] bytes, ImageReference reference, HttpResponseMessage response, string what)
    {
        Digest? expected = reference.Digest ?? ManifestProbe.GetDigest(response);
        Digest actual = Schema1Manifest.IsSchema1(bytes)
            ? Schema1Signature.GetDigest(bytes, expected?.Kind, what)
            : (expected ?? default).Kind.Compute(bytes);
        CheckDigest(actual, expected ?? actual, what);
        return actual;
    }

    private static void CheckDigest(Digest actual, Digest expected, string what)
    {
        if (actual != expected)
        {
            throw new InvalidContentException(
                ErrorIds.DigestMismatch,
                $"{what} has the digest {actual}, but {expected} was expected: its content was changed or damaged.");
        }
    }
}
