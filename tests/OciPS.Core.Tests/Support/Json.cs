// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Support;

/// <summary>Documents to test with.</summary>
internal static class Json
{
    public const string DigestA = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string DigestB = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    public const string DigestC = "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

    public static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static ManifestContent Content(string json, string mediaType = MediaTypes.OciManifest)
    {
        byte[] bytes = Bytes(json);
        return new ManifestContent(mediaType, bytes, Digest.FromBytes(bytes));
    }

    public static InvalidContentException ExpectInvalid(string errorId, string mentions, Action action)
    {
        var error = Assert.Throws<InvalidContentException>(action);
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(mentions, error.Message, StringComparison.Ordinal);
        return error;
    }
}
