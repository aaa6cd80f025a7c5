// SPDX-License-Identifier: MIT

using System.Net;
using System.Runtime.CompilerServices;
using OciPS.Manifests.Json;
using OciPS.References;
using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Http;

namespace OciPS.Registry;

/// <summary>Lists a repository's tags page by page, in the registry's order.</summary>
/// <remarks>Distribution specification, "Listing Tags".</remarks>
internal sealed class TagLister(RegistrySession session, ImageReference repository, int maximumPages = TagLister.MaximumPages)
{
    /// <summary>The maximum number of pages.</summary>
    public const int MaximumPages = 10_000;

    /// <summary>The maximum number of consecutive pages without a tag: some registries filter the tags of a page.</summary>
    public const int MaximumEmptyPages = 100;

    private const int MaximumPage = 32 * 1024 * 1024;

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] scopes = [RegistryScope.Pull(repository.Repository)];
        var seen = new HashSet<Uri>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        int empty = 0;
        Uri? next = await session.GetAddressAsync($"{repository.Repository}/tags/list", cancellationToken).ConfigureAwait(false);
        while (next is not null && seen.Add(next))
        {
            (IReadOnlyList<string> tags, next) = await session.GetAsync(
                next, scopes, null, ReadAsync, cancellationToken).ConfigureAwait(false);
            int before = known.Count;
            foreach (string tag in tags.Where(known.Add))
            {
                yield return tag;
            }

            empty = tags.Count == 0 ? empty + 1 : 0;
            if (next is not null && known.Count == before && (tags.Count > 0 || empty > MaximumEmptyPages))
            {
                break;
            }

            if (next is not null && seen.Count == maximumPages)
            {
                throw new RegistryException(
                    ErrorIds.RegistryError, $"'{repository.Name}' has more than {maximumPages} pages of tags; no more are read.");
            }
        }

        if (next is not null)
        {
            session.Log.Warning(
                $"'{repository.Registry}' names another page of the tags of '{repository.Name}', though the last one had nothing new; it "
                    + "was not requested.");
        }
    }

    private async Task<(IReadOnlyList<string> Tags, Uri? Next)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            throw new ContentNotFoundException(
                ErrorIds.RepositoryNotFound, $"'{repository.Name}' is not there: the registry knows no such repository. Check its name.");
        }

        string what = $"The list of tags of '{repository.Name}'";
        await RegistryErrors.EnsureSuccessAsync(response, $"list the tags of '{repository.Name}'", cancellationToken).ConfigureAwait(false);
        byte[] page = await response.ReadBoundedAsync(MaximumPage, what, cancellationToken).ConfigureAwait(false);
        return (
            [.. ManifestJson.Read(page, ErrorIds.RegistryError, what, json => json.StringList("tags", what))],
            LinkHeader.GetNext(response));
    }
}
