// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage.Directories;

/// <summary>The stores of <c>dir:</c>.</summary>
internal static class DirectoryTransport
{
    public static TransportStores Stores { get; } = new(Transport.Directory)
    {
        OpenSourceAsync = static (reference, log, _) => Task.FromResult<IImageStore>(new DirectoryStore(reference, log)),
        OpenDestination = static (reference, log) => new DirectoryStore(reference, log),
    };
}
