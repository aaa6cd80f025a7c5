// SPDX-License-Identifier: MIT

using System.Net;
using System.Runtime.CompilerServices;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Registry;

/// <summary>Lists a repository's tags, page after page.</summary>
/// <remarks>Distribution specification, "Listing Tags".</remarks>
internal sealed class TagLister(RegistrySession session, ImageReference repository)
{
    private const int MaximumPage = 32 * 1024 * 1024;

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] scopes = [RegistryScope.Pull(repository.Repository)];
        var seen = new HashSet<Uri>();
        Uri? next = await session.AddressOfAsync($"{repository.Repository}/tags/list", cancellationToken).ConfigureAwait(false);
        while (next is not null)
        {
            if (!seen.Add(next))
            {
                throw new RegistryException(ErrorIds.RegistryError, $"'{repository.Registry}' names a page of tags as the one that follows it.");
            }

            (IReadOnlyList<string> tags, next) = await session.GetAsync(next, scopes, null, ReadAsync, cancellationToken).ConfigureAwait(false);
            foreach (string tag in tags)
            {
                yield return tag;
            }
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
        return ([.. ManifestJson.Read(page, ErrorIds.RegistryError, what, json => json.StringList("tags", what))], LinkHeader.NextOf(response));
    }
}
