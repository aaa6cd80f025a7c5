// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Client;
using OciPS.Storage;
using OciPS.Storage.Directories;
using OciPS.Storage.DockerArchives;
using OciPS.Storage.Layouts;

namespace OciPS.Images;

/// <summary>Finds the store that a reference is in.</summary>
internal static class StoreFactory
{
    public static async Task<IImageStore> OpenAsync(ImageReference reference, IOperationLog log, CancellationToken cancellationToken) =>
        reference.Transport switch
        {
            Transport.OciLayout => new OciLayoutStore(reference),
            Transport.OciArchive => new OciArchiveStore(reference, log),
            Transport.Directory => new DirectoryStore(reference, log),
            Transport.DockerArchive => await DockerArchiveStore.OpenAsync(reference, log, cancellationToken).ConfigureAwait(false),
            _ when RegistryConnections.For(reference.Registry).Mirrors is { Count: > 0 } mirrors => new MirroredStore(reference, mirrors, log),
            _ => new RegistryStore(reference, log),
        };

    /// <summary>Opens what something is to be written to; without any access to it yet.</summary>
    public static IImageStore OpenDestination(ImageReference reference, IOperationLog log)
    {
        if (reference.SourceIndex is not null)
        {
            throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{reference}' names an image by its position, and a tarball is written with one image that has a name or none. Give 'docker-archive:PATH:REPO:TAG' or 'docker-archive:PATH' as the destination.");
        }

        return reference.Transport switch
        {
            Transport.OciLayout => new OciLayoutStore(reference),
            Transport.OciArchive => new OciArchiveStore(reference, log),
            Transport.Directory => new DirectoryStore(reference, log),
            Transport.DockerArchive => new DockerArchiveDestination(reference, log),
            _ => new RegistryStore(reference, log),
        };
    }
}
