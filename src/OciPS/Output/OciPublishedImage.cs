// SPDX-License-Identifier: MIT

using OciPS.Copying;

namespace OciPS;

/// <summary>An image that was written.</summary>
public class OciPublishedImage
{
    internal OciPublishedImage(PublishedImage image)
    {
        Reference = image.Reference.ToString();
        Tag = image.Reference.Tag;
        DigestReference = image.Reference.WithDigest(image.Manifest.Digest).ToString();
        Digest = image.Manifest.Digest.ToString();
        MediaType = image.Manifest.MediaType;
        Size = image.Manifest.Bytes.Length;
        Changed = image.Changed;
        Tagged = image.Tagged?.ToString();
        BytesTransferred = image.BytesTransferred;
        BytesMounted = image.BytesMounted;
    }

    internal OciPublishedImage(SavedObject saved)
    {
        Reference = saved.Text(nameof(Reference));
        Tag = saved.OptionalText(nameof(Tag));
        DigestReference = saved.Text(nameof(DigestReference));
        Digest = saved.Text(nameof(Digest));
        MediaType = saved.Text(nameof(MediaType));
        Size = saved.Number(nameof(Size));
        Changed = saved.Flag(nameof(Changed));
        Tagged = saved.OptionalText(nameof(Tagged));
        BytesTransferred = saved.Number(nameof(BytesTransferred));
        BytesMounted = saved.Number(nameof(BytesMounted));
    }

    /// <summary>The reference of the written image.</summary>
    public string Reference { get; }

    /// <summary>The tag; null for an image written by digest.</summary>
    public string? Tag { get; }

    /// <summary>The digest reference, which always identifies this image: <c>registry.example.com/app@sha256:…</c>.</summary>
    public string DigestReference { get; }

    /// <summary>The manifest's digest.</summary>
    public string Digest { get; }

    /// <summary>The manifest's media type.</summary>
    public string MediaType { get; }

    /// <summary>The size of the manifest in bytes.</summary>
    public long Size { get; }

    /// <summary>Whether the manifest differs from the source's; if the source has none, whether the tag moved.</summary>
    public bool Changed { get; }

    /// <summary>
    /// The change of the tag: <c>Created</c>, <c>Moved</c> from another manifest, or <c>Unchanged</c>; null if no tag was written.
    /// </summary>
    public string? Tagged { get; }

    /// <summary>The number of bytes of blobs that were sent.</summary>
    public long BytesTransferred { get; }

    /// <summary>The number of bytes of blobs that the registry mounted from other repositories.</summary>
    public long BytesMounted { get; }

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
