// SPDX-License-Identifier: MIT

using System.Net;
using System.Runtime.CompilerServices;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Registry;

/// <summary>Lists a repository's tags, page after page.</summary>
/// <remarks>Distribution specification, "Listing Tags".</remarks>
internal sealed class TagLister(RegistryClient client, ImageReference repository)
{
    private const int MaximumPage = 32 * 1024 * 1024;

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] scopes = [RegistryScope.Pull(repository.Repository)];
        var seen = new HashSet<Uri>();
        Uri? next = await client.AddressOfAsync($"{repository.Repository}/tags/list", cancellationToken).ConfigureAwait(false);
        while (next is not null)
        {
            if (!seen.Add(next))
            {
                throw new RegistryException(ErrorIds.RegistryError, $"'{repository.Registry}' names a page of tags as the one that follows it.");
            }

            using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, next, scopes, null, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                throw new ContentNotFoundException(
                    ErrorIds.RepositoryNotFound, $"'{repository.Name}' is not there: the registry knows no such repository. Check its name.");
            }

            string what = $"The list of tags of '{repository.Name}'";
            await RegistryErrors.EnsureSuccessAsync(response, $"list the tags of '{repository.Name}'", cancellationToken).ConfigureAwait(false);
            next = LinkHeader.NextOf(response);
            byte[] page = await response.ReadBoundedAsync(MaximumPage, what, cancellationToken).ConfigureAwait(false);
            foreach (string tag in ManifestJson.Read(page, ErrorIds.RegistryError, what, json => json.StringList("tags", what)))
            {
                yield return tag;
            }
        }
    }
}
