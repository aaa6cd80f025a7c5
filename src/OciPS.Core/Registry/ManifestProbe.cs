// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry;

/// <summary>Requests a manifest by name, without validating it.</summary>
/// <remarks>Distribution specification, "Pulling manifests".</remarks>
internal sealed class ManifestProbe(RegistrySession session, ImageReference repository)
{
    private const string DigestHeader = "Docker-Content-Digest";

    private readonly string[] _scopes = [RegistryScope.PullPush(repository.Repository)];

    /// <summary>The digest in a response's headers; null if there is none.</summary>
    public static Digest? GetDigest(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DigestHeader, out IEnumerable<string>? values)
            && Digest.TryParse(values.FirstOrDefault(), out Digest digest)
            ? digest
            : null;

    /// <summary>Sends HEAD, or GET if the response to HEAD is unusable.</summary>
    /// <param name="name">The tag or digest.</param>
    /// <param name="expected">The expected manifest.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TagState> LookAsync(string name, ManifestContent expected, CancellationToken cancellationToken) =>
        await TryHeadAsync(name, expected, cancellationToken).ConfigureAwait(false)
            ?? await ReadAsync(name, expected, cancellationToken).ConfigureAwait(false);

    /// <summary>Sends GET, bypassing caches.</summary>
    public async Task<TagState> ReadAsync(string name, ManifestContent expected, CancellationToken cancellationToken)
    {
        StoredManifest? manifest = await FindAsync(
            name, [expected.MediaType, .. MediaTypes.AllManifests], cancellationToken).ConfigureAwait(false);
        if (manifest is null)
        {
            return TagState.Nothing;
        }

        // The digest that a registry reports is no proof; that of schema 1 does not cover the whole document.
        Digest digest = manifest.Bytes.Span.SequenceEqual(expected.Bytes.Span)
            ? expected.Digest
            : expected.Digest.Kind.Compute(manifest.Bytes.Span);
        return new TagState(digest, manifest);
    }

    /// <summary>Reads the stored manifest as it is; null if there is none.</summary>
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

    /// <summary>The result of HEAD; null if it is unusable.</summary>
    private async Task<TagState?> TryHeadAsync(string name, ManifestContent expected, CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(name, cancellationToken).ConfigureAwait(false);
        try
        {
            // Sent once: on any failure GET follows.
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

    /// <summary>The manifest in a response.</summary>
    public static StoredManifest ToStored(byte[] bytes, HttpResponseMessage response) =>
        new(bytes, response.Content.Headers.ContentType?.ToString(), GetDigest(response) ?? Digest.FromBytes(bytes));
}
