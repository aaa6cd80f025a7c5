// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>The stores of <c>oci-archive:</c>.</summary>
internal static class OciArchiveTransport
{
    public static TransportStores Stores { get; } = new(Transport.OciArchive)
    {
        OpenSourceAsync = static (reference, log, _) => Task.FromResult<IImageStore>(new OciArchiveStore(reference, log)),
        OpenDestination = static (reference, log) => new OciArchiveStore(reference, log),
        OpenBatch = static (reference, log) => new OciArchive(reference.Path, log),
    };
}
