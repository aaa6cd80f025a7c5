// SPDX-License-Identifier: MIT

using System.Security.Cryptography;

namespace OciPS.Tests.Support;

/// <summary>A layer as it lies in a store.</summary>
/// <param name="Blob">The bytes that are stored.</param>
/// <param name="DiffId">The digest of the tar in it.</param>
/// <param name="MediaType">Its OCI media type.</param>
internal sealed record TestLayer(byte[] Blob, string DiffId, string MediaType)
{
    public const string GzipType = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string TarType = "application/vnd.oci.image.layer.v1.tar";

    public string Digest => GetDigest(Blob);

    public static string GetDigest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static TestLayer Gzip(TarBuilder tar) => Gzip(tar.ToBytes());

    public static TestLayer Gzip(byte[] tar) => new(TarBuilder.Gzip(tar), GetDigest(tar), GzipType);

    public static TestLayer Plain(TarBuilder tar)
    {
        byte[] bytes = tar.ToBytes();
        return new TestLayer(bytes, GetDigest(bytes), TarType);
    }
}
