// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Copying;

/// <summary>An image that was written to its destination.</summary>
/// <param name="Destination">The destination, with its tag.</param>
/// <param name="Manifest">The manifest as it was written.</param>
/// <param name="Changed">Whether it differs from the source's manifest; where that had none, whether the tag moved.</param>
/// <param name="BytesTransferred">The bytes of blobs that were sent.</param>
/// <param name="BytesMounted">The bytes of blobs that the registry took over by itself.</param>
internal sealed record PublishedImage(
    ImageReference Destination, ManifestContent Manifest, bool Changed, long BytesTransferred, long BytesMounted)
{
    /// <summary>What it can be read by.</summary>
    public ImageReference Reference => Destination.IsUntagged ? Destination.WithDigest(Manifest.Digest) : Destination;

    /// <summary>What the write did to the destination; null where nothing was written to it.</summary>
    public TagChange? Written { get; init; }

    /// <summary>What the write did to the tag; null where no tag was written.</summary>
    public TagChange? Tagged => Reference.Tag is null ? null : Written;
}
