// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Copying;

/// <summary>An image that was written to its destination.</summary>
/// <param name="Destination">The destination, with its tag.</param>
/// <param name="Manifest">The manifest as it was written.</param>
/// <param name="Changed">Whether it differs from the source's manifest; if the source had none, whether the tag moved.</param>
/// <param name="BytesTransferred">The bytes of blobs that were sent.</param>
/// <param name="BytesMounted">The bytes of blobs that the registry mounted.</param>
internal sealed record PublishedImage(
    ImageReference Destination, ManifestContent Manifest, bool Changed, long BytesTransferred, long BytesMounted)
{
    /// <summary>The reference to read it by.</summary>
    public ImageReference Reference => Destination.IsUntagged ? Destination.WithDigest(Manifest.Digest) : Destination;

    /// <summary>How the write changed the destination; null if nothing was written.</summary>
    public TagChange? Written { get; init; }

    /// <summary>How the write changed the tag; null if no tag was written.</summary>
    public TagChange? Tagged => Reference.Tag is null ? null : Written;
}
