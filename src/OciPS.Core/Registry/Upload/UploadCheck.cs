// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.References;
using OciPS.Registry.Download;
using OciPS.Registry.Http;

namespace OciPS.Registry.Upload;

/// <summary>Checks whether an uploaded blob is stored.</summary>
internal sealed class UploadCheck(ImageReference repository, BlobProbe blobs, ConsistencyPoll poll)
{
    /// <summary>Whether the blob exists.</summary>
    public Task<bool> IsThereAsync(Digest digest, long size, CancellationToken cancellationToken) =>
        blobs.ExistsAsync(digest, size, cancellationToken);

    /// <summary>Checks for a blob after a response that the specification does not define.</summary>
    /// <exception cref="RegistryException">The blob is not stored.</exception>
    public async Task EnsureStoredAsync(
        HttpResponseMessage response, Digest digest, long size, string what, CancellationToken cancellationToken)
    {
        bool isStored = response.StatusCode == HttpStatusCode.Created
            || await poll.RunAsync(
                token => blobs.ExistsAsync(digest, size, token), static seen => seen, cancellationToken).ConfigureAwait(false);
        if (!isStored)
        {
            throw new RegistryException(
                ErrorIds.NotStored,
                $"'{repository.Registry}' ended the upload of {what} to '{repository.Name}' with success (status "
                    + $"{(int)response.StatusCode}), but the blob is not there. A proxy before it has to forward PUT.",
                (int)response.StatusCode);
        }
    }
}
