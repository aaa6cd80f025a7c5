// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Registry;

/// <summary>What refers to a manifest: by the referrers API, and by a tag of its digest's name where a registry has no such API.</summary>
/// <remarks>Distribution specification, "Listing Referrers" and "Referrers Tag Schema".</remarks>
internal sealed class RegistryReferrers(RegistrySession session, ImageReference repository)
{
    // Who adds reads the list, then writes it: two at once would lose one, whatever store of the process they have.
    private static readonly SemaphoreSlim s_adding = new(1);

    private readonly string[] _pull = [RegistryScope.Pull(repository.Repository)];
    private readonly string[] _push = [RegistryScope.PullPush(repository.Repository)];

    public async Task<IReadOnlyList<Descriptor>> ListAsync(Digest subject, CancellationToken cancellationToken)
    {
        var referrers = new List<Descriptor>();
        var seen = new HashSet<Uri>();
        Uri? next = await session.AddressOfAsync($"{repository.Repository}/referrers/{subject}", cancellationToken).ConfigureAwait(false);
        while (next is not null && seen.Add(next))
        {
            (ImageIndex? page, next) = await session.GetAsync(
                next, _pull, AcceptIndex, (response, token) => ReadPageAsync(response, subject, token), cancellationToken).ConfigureAwait(false);
            if (page is null)
            {
                return (await ReadFallbackAsync(subject, cancellationToken).ConfigureAwait(false))?.Manifests ?? [];
            }

            referrers.AddRange(page.Manifests);
        }

        return referrers;
    }

    /// <summary>Lists a referrer where a registry does not do that by itself.</summary>
    public async Task AddToFallbackAsync(ManifestContent referrer, Digest subject, CancellationToken cancellationToken)
    {
        await s_adding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await AddNowAsync(referrer, subject, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            s_adding.Release();
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
        string tag = ReferrerIndex.FallbackTag(subject);
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Put,
            $"{repository.Repository}/manifests/{tag}",
            _push,
            request =>
            {
                request.Content = new ReadOnlyMemoryContent(index.Bytes);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(index.MediaType);
            },
            cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, $"list a referrer of {subject} under '{repository.WithTag(tag)}'", cancellationToken).ConfigureAwait(false);
    }

    // The specification's answer is 404; some registries take the path for something else.
    private static bool HasNoSuchApi(HttpResponseMessage response) => response.StatusCode
        is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    private static void AcceptIndex(HttpRequestMessage request) => request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypes.OciIndex));

    /// <summary>A page of the list, and where the next one is; no page where the registry has no such API.</summary>
    private async Task<(ImageIndex? Page, Uri? Next)> ReadPageAsync(HttpResponseMessage response, Digest subject, CancellationToken cancellationToken)
    {
        if (HasNoSuchApi(response))
        {
            return (null, null);
        }

        await RegistryErrors.EnsureSuccessAsync(response, $"list what refers to {subject} in '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        return (await ParseAsync(response, subject, cancellationToken).ConfigureAwait(false), LinkHeader.NextOf(response));
    }

    private async Task<ImageIndex?> ReadFallbackAsync(Digest subject, CancellationToken cancellationToken)
    {
        Uri address = await session.AddressOfAsync($"{repository.Repository}/manifests/{ReferrerIndex.FallbackTag(subject)}", cancellationToken).ConfigureAwait(false);
        return await session.GetAsync(address, _pull, AcceptIndex, (response, token) => ReadFallbackAsync(response, subject, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImageIndex?> ReadFallbackAsync(HttpResponseMessage response, Digest subject, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RegistryErrors.EnsureSuccessAsync(response, $"read '{repository.WithTag(ReferrerIndex.FallbackTag(subject))}'", cancellationToken).ConfigureAwait(false);
        return await ParseAsync(response, subject, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImageIndex> ParseAsync(HttpResponseMessage response, Digest subject, CancellationToken cancellationToken)
    {
        string what = $"The list of what refers to {subject} in '{repository.Name}'";
        byte[] bytes = await response.ReadBoundedAsync(ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        return ImageIndex.Parse(new ManifestContent(MediaTypes.OciIndex, bytes, Digest.OfBytes(bytes)), what);
    }
}
