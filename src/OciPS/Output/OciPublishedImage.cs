// SPDX-License-Identifier: MIT

using OciPS.Operations;

namespace OciPS;

/// <summary>An image that was written.</summary>
public class OciPublishedImage
{
    private readonly PublishedImage _image;

    internal OciPublishedImage(PublishedImage image) => _image = image;

    /// <summary>The reference that it can be read by now.</summary>
    public string Reference => _image.Reference.ToString();

    /// <summary>The tag, if it has one.</summary>
    public string? Tag => _image.Reference.Tag;

    /// <summary>The reference by digest, which always stands for this very image: <c>registry.example.com/app@sha256:…</c>.</summary>
    public string DigestReference => _image.Reference.WithDigest(_image.Manifest.Digest).ToString();

    /// <summary>The manifest's digest.</summary>
    public string Digest => _image.Manifest.Digest.ToString();

    /// <summary>The manifest's media type.</summary>
    public string MediaType => _image.Manifest.MediaType;

    /// <summary>The size of the manifest in bytes.</summary>
    public long Size => _image.Manifest.Bytes.Length;

    /// <summary>Whether the manifest differs from the source's; where that had none, whether the tag moved.</summary>
    public bool Changed => _image.Changed;

    /// <summary>The bytes of blobs that were sent.</summary>
    public long BytesTransferred => _image.BytesTransferred;

    /// <summary>The bytes of blobs that the registry took over by itself.</summary>
    public long BytesMounted => _image.BytesMounted;

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
