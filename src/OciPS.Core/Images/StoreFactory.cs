// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Registry;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Storage.Directories;
using OciPS.Storage.DockerArchives;
using OciPS.Storage.Layouts;

namespace OciPS.Images;

/// <summary>Opens the store of a reference. Its table has all transports.</summary>
internal static class StoreFactory
{
    public static Task<IImageStore> OpenAsync(ImageReference reference, OperationContext operation, CancellationToken cancellationToken) =>
        For(reference.Transport, operation).OpenSourceAsync(reference, operation.Log, cancellationToken);

    /// <summary>Opens the store to write to, without accessing it yet.</summary>
    public static IImageStore OpenDestination(ImageReference reference, OperationContext operation) => reference.SourceIndex is null
        ? For(reference.Transport, operation).OpenDestination(reference, operation.Log)
        : throw new InvalidInputException(
            ErrorIds.InvalidDestination,
            $"'{reference}' names an image by its position, and a tarball is written with one image that has a name or none. Give "
                + $"{TransportSyntax.ToChoice(reference.Syntax.DestinationForms)} as the destination.");

    /// <summary>Whether several images can be written to a destination at once.</summary>
    public static bool TakesBatch(ImageReference reference, OperationContext operation) =>
        For(reference.Transport, operation).OpenBatch is not null;

    /// <summary>Opens a destination for several images that are written at once.</summary>
    /// <exception cref="NotSupportedException">The destination takes one image per write.</exception>
    public static IStoreBatch OpenBatch(ImageReference reference, OperationContext operation) =>
        For(reference.Transport, operation).OpenBatch is { } open
            ? open(reference, operation.Log)
            : throw new NotSupportedException($"'{reference.Name}' is not written with several images at once.");

    /// <exception cref="ArgumentOutOfRangeException">The transport is unknown.</exception>
    internal static TransportStores For(Transport transport, OperationContext operation) =>
        Array.Find(GetTable(operation), stores => stores.Transport == transport)
            ?? throw new ArgumentOutOfRangeException(nameof(transport), transport, "There is no such transport.");

    private static TransportStores[] GetTable(OperationContext operation) =>
    [
        RegistryTransport.GetStores(operation.Session.Registries, operation.Budget),
        OciLayoutTransport.Stores,
        OciArchiveTransport.Stores,
        DirectoryTransport.Stores,
        DockerArchiveTransport.Stores,
    ];
}
