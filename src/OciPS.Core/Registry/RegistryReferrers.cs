// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry;

/// <summary>The referrers of a manifest: by the referrers API, or by the fallback tag if a registry lacks the API.</summary>
/// <remarks>Distribution specification, "Listing Referrers" and "Referrers Tag Schema".</remarks>
internal sealed class RegistryReferrers(RegistrySession session, ImageReference repository, ManifestWriter manifests)
{
    private const int MaximumPages = 1000;

    private int _isWarned;

    private readonly string[] _pull = [RegistryScope.Pull(repository.Repository)];

    public async Task<IReadOnlyList<Descriptor>> ListAsync(Digest subject, CancellationToken cancellationToken)
    {
        var referrers = new Dictionary<Digest, Descriptor>();
        var seen = new HashSet<Uri>();
        Uri? next = await session.GetAddressAsync($"{repository.Repository}/referrers/{subject}", cancellationToken).ConfigureAwait(false);
        while (next is not null && seen.Add(next))
        {
            (ImageIndex? page, next) = await ReadPageAsync(next, subject, cancellationToken).ConfigureAwait(false);
            if (page is null)
            {
                return await ListFallbackAsync(subject, cancellationToken).ConfigureAwait(false);
            }

            int before = referrers.Count;
            foreach (Descriptor referrer in page.Manifests)
            {
                referrers.TryAdd(referrer.Digest, referrer);
            }

            // Stop at a page without new entries, so that the loop ends.
            if (next is not null && referrers.Count == before)
            {
                session.Log.Warning(
                    $"'{repository.Registry}' names another page of referrers of {subject}, though the last one had nothing new; it was "
                        + "not requested.");
                break;
            }

            if (seen.Count == MaximumPages && next is not null)
            {
                throw new RegistryException(
                    ErrorIds.RegistryError,
                    $"'{repository.Registry}' has more than {MaximumPages} pages of referrers of {subject}; no more are read.");
            }
        }

        return [.. referrers.Values];
    }

    /// <summary>Adds a referrer to the fallback tag's index, for registries without the API.</summary>
    public async Task AddToFallbackAsync(ManifestContent referrer, Digest subject, CancellationToken cancellationToken)
    {
        // The index is read, then written: concurrent updates in this process would lose one.
        await session.AddingReferrer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await AddNowAsync(referrer, subject, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            session.AddingReferrer.Release();
        }
    }

    private async Task AddNowAsync(ManifestContent referrer, Digest subject, CancellationToken cancellationToken)
    {
        ImageIndex? before = await ReadFallbackAsync(subject, cancellationToken).ConfigureAwait(false);
        if (before?.Manifests.Any(entry => entry.Digest == referrer.Digest) == true)
        {
            return;
        }

        ManifestContent index = ReferrerIndex.Add(before, referrer, $"The referrers of {subject} in '{repository.Name}'");
        await manifests.PutAsync(index, ReferrerIndex.FallbackTag(subject), cancellationToken).ConfigureAwait(false);
    }

    // The specification's status is 404; some registries take the path for something else.
    private static bool HasNoSuchApi(HttpResponseMessage response) => response.StatusCode
        is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    private static void AcceptIndex(HttpRequestMessage request) =>
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypes.OciIndex));

    // Some proxies deny only this path, and some return an HTML page for any unknown path.
    private static bool IsRefusal(RegistryException error) => error.ErrorId is ErrorIds.Unauthorized or ErrorIds.AccessDenied;

    private static void AcceptManifests(HttpRequestMessage request)
    {
        foreach (string mediaType in MediaTypes.AllManifests)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        }
    }

    private async Task<(ImageIndex? Page, Uri? Next)> ReadPageAsync(Uri address, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            return await session.GetAsync(
                address, _pull, AcceptIndex, (response, token) =>
                    ReadPageAsync(response, subject, token), cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (IsRefusal(error))
        {
            WarnOnce(error.Message, error);
            return (null, null);
        }
    }

    /// <summary>A page of the list and the address of the next one; no page if the registry lacks the API.</summary>
    private async Task<(ImageIndex? Page, Uri? Next)> ReadPageAsync(
        HttpResponseMessage response, Digest subject, CancellationToken cancellationToken)
    {
        if (HasNoSuchApi(response))
        {
            return (null, null);
        }

        string action = $"list the referrers of {subject} in '{repository.Name}'";
        await RegistryErrors.EnsureSuccessAsync(response, action, cancellationToken).ConfigureAwait(false);
        string? type = response.Content.Headers.ContentType?.MediaType;
        try
        {
            (ImageIndex index, bool isIndex) = await ParseAsync(response, subject, cancellationToken).ConfigureAwait(false);
            if (isIndex)
            {
                return (index, LinkHeader.GetNext(response));
            }
        }
        catch (InvalidContentException error) when (error.ErrorId == ErrorIds.InvalidManifest)
        {
            // The unexpected response is reported below.
        }

        WarnOnce($"'{repository.Registry}' did not {action}: its response ({type ?? "of no type"}) is not a list.");
        return (null, null);
    }

    private async Task<ImageIndex?> ReadFallbackAsync(Digest subject, CancellationToken cancellationToken)
    {
        Uri address = await session.GetAddressAsync(
            $"{repository.Repository}/manifests/{ReferrerIndex.FallbackTag(subject)}", cancellationToken).ConfigureAwait(false);
        return await session.GetAsync(
            address,
            _pull,
            AcceptIndex,
            (response, token) => ReadFallbackAsync(response, subject, token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImageIndex?> ReadFallbackAsync(HttpResponseMessage response, Digest subject, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RegistryErrors.EnsureSuccessAsync(
            response, $"read '{repository.WithTag(ReferrerIndex.FallbackTag(subject))}'", cancellationToken).ConfigureAwait(false);
        (ImageIndex index, bool isIndex) = await ParseAsync(response, subject, cancellationToken).ConfigureAwait(false);
        // Some registries resolve the fallback tag to the digest itself, and return the image.
        return isIndex && index.Content.Digest != subject ? index : null;
    }

    /// <summary>The referrers in the fallback tag's index; entries with another subject are left out.</summary>
    private async Task<IReadOnlyList<Descriptor>> ListFallbackAsync(Digest subject, CancellationToken cancellationToken)
    {
        var referrers = new List<Descriptor>();
        foreach (Descriptor entry in (await ReadFallbackAsync(subject, cancellationToken).ConfigureAwait(false))?.Manifests ?? [])
        {
            if (await RefersAsync(entry, subject, cancellationToken).ConfigureAwait(false))
            {
                referrers.Add(entry);
            }
        }

        return referrers;
    }

    private async Task<bool> RefersAsync(Descriptor entry, Digest subject, CancellationToken cancellationToken)
    {
        Uri address = await session.GetAddressAsync(
            $"{repository.Repository}/manifests/{entry.Digest}", cancellationToken).ConfigureAwait(false);
        return await session.GetAsync(
            address,
            _pull,
            AcceptManifests,
            (response, token) => RefersAsync(response, entry, subject, token),
            cancellationToken).ConfigureAwait(false);
    }

    // A missing referrer is listed too: reading it raises an error that names it.
    private async Task<bool> RefersAsync(
        HttpResponseMessage response, Descriptor entry, Digest subject, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return true;
        }

        string what = $"The manifest {entry.Digest} in '{repository.Name}'";
        await RegistryErrors.EnsureSuccessAsync(
            response, $"read {entry.Digest} in '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        byte[] bytes = await response.ReadBoundedAsync(ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        bool refers = ReferrerIndex.SubjectIn(bytes, what) == subject;
        if (!refers)
        {
            session.Log.Verbose($"{what} is listed as a referrer of {subject}, but is none: it is ignored.");
        }

        return refers;
    }

    private void WarnOnce(string why, OciException? cause = null)
    {
        if (Interlocked.Exchange(ref _isWarned, 1) == 0)
        {
            session.Log.Warning(
                $"{why} Signatures, attestations and SBOMs that only the registry's list names are not found.",
                cause?.Remedy ?? Remedy.None,
                cause?.RemedySubject);
        }
    }

    private async Task<(ImageIndex Index, bool IsIndex)> ParseAsync(
        HttpResponseMessage response, Digest subject, CancellationToken cancellationToken)
    {
        string what = $"The list of referrers of {subject} in '{repository.Name}'";
        byte[] bytes = await response.ReadBoundedAsync(ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        var content = ManifestContent.Identify(bytes, response.Content.Headers.ContentType?.MediaType, Digest.FromBytes(bytes), what);
        return (ImageIndex.Parse(content with { MediaType = MediaTypes.OciIndex }, what), MediaTypes.IsIndex(content.MediaType));
    }
}
