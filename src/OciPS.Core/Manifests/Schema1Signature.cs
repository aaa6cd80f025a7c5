// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Finds the signed part of a schema 1 manifest: the digest covers that part, not the whole document.</summary>
/// <remarks>
/// Distribution's "Image Manifest Version 2, Schema 1", section "Signed Manifests". The signatures are inside the document that they sign;
/// each gives the number of signed bytes before it (<c>formatLength</c>) and the signed tail (<c>formatTail</c>). They are not verified:
/// the key is in the document too, and every tool generates a new one for each push, so a valid signature says nothing about its author.
/// The digest is what counts.
/// </remarks>
internal static class Schema1Signature
{
    private readonly record struct Format(long Length, byte[] Tail)
    {
        public bool Agrees(Format other) => Length == other.Length && Tail.AsSpan().SequenceEqual(other.Tail);
    }

    /// <summary>The signed bytes; the manifest itself if it has no signatures.</summary>
    public static ReadOnlyMemory<byte> Payload(ReadOnlyMemory<byte> manifest, string what)
    {
        if (ManifestJson.Read(manifest, ErrorIds.InvalidManifest, what, json => FindFormat(json, what)) is not { } format)
        {
            return manifest;
        }

        if (format.Length > manifest.Length)
        {
            throw Invalid(what, $"say that its first {format.Length} bytes were signed, but it has only {manifest.Length}");
        }

        byte[] payload = new byte[format.Length + format.Tail.Length];
        manifest[..(int)format.Length].CopyTo(payload);
        format.Tail.CopyTo(payload.AsSpan((int)format.Length));
        return payload;
    }

    /// <summary>The manifest's digest as registries compute it.</summary>
    /// <param name="manifest">The whole document.</param>
    /// <param name="algorithm">The hash algorithm; null for SHA-256.</param>
    /// <param name="what">The name of the manifest in errors.</param>
    public static Digest GetDigest(ReadOnlyMemory<byte> manifest, DigestAlgorithm? algorithm, string what) =>
        (algorithm ?? DigestAlgorithm.Sha256).Compute(Payload(manifest, what).Span);

    private static Format? FindFormat(JsonElement json, string what)
    {
        Format? found = null;
        foreach (JsonElement signature in json.Items("signatures", what))
        {
            Format format = ParseSignature(signature, what);
            if (found is { } other && !other.Agrees(format))
            {
                throw Invalid(what, "do not agree about what was signed");
            }

            found = format;
        }

        return found;
    }

    private static Format ParseSignature(JsonElement signature, string what)
    {
        string one = $"A signature of {ManifestJson.Inside(what)}";
        ManifestJson.ExpectObject(signature, one);
        byte[] header = Decode(signature.RequiredString("protected", one), "a 'protected'", what);
        one = $"The protected header of a signature of {ManifestJson.Inside(what)}";
        return ManifestJson.Read(header, ErrorIds.InvalidManifest, one, json => new Format(
            json.RequiredSize("formatLength", one), Decode(json.RequiredString("formatTail", one), "a 'formatTail'", what)));
    }

    /// <summary>Decodes base64url, mostly without padding (RFC 7515, appendix C).</summary>
    private static byte[] Decode(string text, string field, string what)
    {
        string digits = text.TrimEnd('=');
        byte[] bytes = new byte[digits.Length * 3L / 4];
        string standard = digits.Replace('-', '+').Replace('_', '/').PadRight((digits.Length + 3) / 4 * 4, '=');
        return !digits.AsSpan().ContainsAny('+', '/')
            && Convert.TryFromBase64String(standard, bytes, out int count)
            && count == bytes.Length
            ? bytes
            : throw Invalid(what, $"have {field} that is not base64url");
    }

    private static InvalidContentException Invalid(string what, string why) =>
        new(ErrorIds.InvalidManifest, $"The signatures of {ManifestJson.Inside(what)} {why}.");
}
