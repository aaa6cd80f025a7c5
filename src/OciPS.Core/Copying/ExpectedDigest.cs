// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Copying;

/// <summary>The digest in a destination, which the written manifest has to match.</summary>
internal static class ExpectedDigest
{
    private static readonly (ManifestChange Change, string Text)[] s_texts =
    [
        (ManifestChange.Rewritten, "layers or configs were rewritten"),
        (ManifestChange.Converted, "media types were converted"),
        (ManifestChange.Annotated, "annotations were added"),
        (ManifestChange.Chosen, "an index lists only a part of its images"),
        (ManifestChange.Normalised, "a single image became an index"),
    ];

    /// <summary>Refuses a manifest that does not match the digest in its destination.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="written">The manifest.</param>
    /// <param name="why">Why the manifest may differ.</param>
    /// <returns>The manifest, with its digest in the destination's algorithm.</returns>
    /// <exception cref="InvalidContentException">The digests differ.</exception>
    public static ManifestContent Check(ImageReference destination, ManifestContent written, string why)
    {
        if (destination.Digest is not { } expected)
        {
            return written;
        }

        ManifestContent named = written.With(expected.Kind);
        return named.Digest == expected
            ? named
            : throw new InvalidContentException(
                ErrorIds.DigestMismatch,
                $"'{destination}' expects {expected}, but the result is {named.Digest}: {why}. Nothing was tagged.");
    }

    /// <inheritdoc cref="Check(ImageReference, ManifestContent, string)"/>
    public static ManifestContent Check(ImageReference destination, ManifestContent written, ImageTree tree, ManifestChange changes) =>
        Check(destination, written, Describe(tree, changes));

    /// <inheritdoc cref="Check(ImageReference, ManifestContent, string)"/>
    public static ManifestContent Check(ImageReference destination, ManifestListFile list) =>
        Check(destination, list.Index.Content, $"that is the manifest list '{list.Path}', whose bytes stay as they are");

    private static string Describe(ImageTree tree, ManifestChange changes)
    {
        string[] texts = [.. s_texts.Where(item => changes.HasFlag(item.Change)).Select(item => item.Text)];
        return texts.Length == 0
            ? $"that is what '{tree.Reference}' is"
            : $"'{tree.Reference}' is {tree.Content.Digest}, and {string.Join(", ", texts)}";
    }
}
