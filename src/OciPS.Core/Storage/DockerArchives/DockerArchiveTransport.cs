// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage.DockerArchives;

/// <summary>The stores of <c>docker-archive:</c>.</summary>
internal static class DockerArchiveTransport
{
    public static TransportStores Stores { get; } = new(Transport.DockerArchive)
    {
        OpenSourceAsync = static async (reference, log, cancellationToken) =>
            await DockerArchiveStore.OpenAsync(reference, log, cancellationToken).ConfigureAwait(false),
        OpenDestination = static (reference, log) => new DockerArchiveDestination(reference, log),
    };
}
