// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry;

/// <summary>Asks a registry what it has under the name of a manifest, without judging it.</summary>
/// <remarks>Distribution specification, "Pulling manifests".</remarks>
internal sealed class ManifestProbe(RegistrySession session, ImageReference repository)
{
    private const string DigestHeader = "Docker-Content-Digest";

    private readonly string[] _scopes = [RegistryScope.PullPush(repository.Repository)];

    /// <summary>The digest that an answer tells; null if it tells none.</summary>
    public static Digest? GetDigest(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DigestHeader, out IEnumerable<string>? values)
            && Digest.TryParse(values.FirstOrDefault(), out Digest digest)
            ? digest
            : null;

    /// <summary>Asks with HEAD; where that says nothing of use, with GET.</summary>
    /// <param name="name">The tag or digest.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TagState> LookAsync(string name, ManifestContent expected, CancellationToken cancellationToken) =>
        await TryHeadAsync(name, expected, cancellationToken).ConfigureAwait(false)
            ?? await ReadAsync(name, expected, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks with GET, past what a cache on the way may have.</summary>
    public async Task<TagState> ReadAsync(string name, ManifestContent expected, CancellationToken cancellationToken)
    {
        StoredManifest? manifest = await FindAsync(
            name, [expected.MediaType, .. MediaTypes.AllManifests], cancellationToken).ConfigureAwait(false);
        if (manifest is null)
        {
            return TagState.Nothing;
        }

        // What a registry says its digest is, is no proof; that of schema 1 is not that of its bytes.
        Digest digest = manifest.Bytes.Span.SequenceEqual(expected.Bytes.Span)
            ? expected.Digest
            : expected.Digest.Kind.Compute(manifest.Bytes.Span);
        return new TagState(digest, manifest);
    }

    /// <summary>Reads what there is, as it is; null if there is nothing.</summary>
    public async Task<StoredManifest?> FindAsync(string name, IEnumerable<string> accept, CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(name, cancellationToken).ConfigureAwait(false);
        return await session.GetAsync(
            address, _scopes, request =>
                Prepare(request, accept), (response, token) => ReadAsync(response, name, token), cancellationToken).ConfigureAwait(false);
    }

    private static void Prepare(HttpRequestMessage request, IEnumerable<string> accept)
    {
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        foreach (string mediaType in accept.Distinct())
        {
            request.Headers.Accept.TryParseAdd(mediaType);
        }
    }

    private Task<Uri> GetAddressAsync(string name, CancellationToken cancellationToken) =>
        session.GetAddressAsync($"{repository.Repository}/manifests/{name}", cancellationToken);

    /// <summary>What HEAD says; null where it says nothing of use.</summary>
    private async Task<TagState?> TryHeadAsync(string name, ManifestContent expected, CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(name, cancellationToken).ConfigureAwait(false);
        try
        {
            // Sent once: whatever is wrong with it, GET is asked instead.
            using HttpResponseMessage response = await session.SendOnceAsync(
                HttpMethod.Head, address, _scopes, request =>
                    Prepare(request, [expected.MediaType, .. MediaTypes.AllManifests]), cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.NotFound ? TagState.Nothing

                : response.IsSuccessStatusCode && GetDigest(response) is { } digest && digest.Kind == expected.Digest.Kind
                ? new TagState(digest)
                : null;
        }
        catch (RegistryException)
        {
            return null;
        }
    }

    private async Task<StoredManifest?> ReadAsync(HttpResponseMessage response, string name, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        string what = $"The manifest {name} of '{repository.Name}'";
        await RegistryErrors.EnsureSuccessAsync(
            response, $"read the manifest {name} of '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        byte[] bytes = await response.ReadBoundedAsync(ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        return ToStored(bytes, response);
    }

    /// <summary>What an answer holds.</summary>
    public static StoredManifest ToStored(byte[] bytes, HttpResponseMessage response) =>
        new(bytes, response.Content.Headers.ContentType?.ToString(), GetDigest(response) ?? Digest.FromBytes(bytes));
}
