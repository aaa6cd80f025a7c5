// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Storage.Layouts;

/// <summary>The stores of <c>oci:</c>.</summary>
internal static class OciLayoutTransport
{
    public static TransportStores Stores { get; } = new(Transport.OciLayout)
    {
        OpenSourceAsync = static (reference, _, _) => Task.FromResult<IImageStore>(new OciLayoutStore(reference)),
        OpenDestination = static (reference, _) => new OciLayoutStore(reference),
    };
}
