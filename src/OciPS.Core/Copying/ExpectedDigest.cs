// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Copying;

/// <summary>The digest that a destination names, which is what has to come out.</summary>
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

    /// <summary>Refuses a manifest that is not the one that its destination names.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="written">The manifest.</param>
    /// <param name="why">What made it what it is.</param>
    /// <returns>The manifest, with a digest made as that of the destination is.</returns>
    /// <exception cref="InvalidContentException">It is another one.</exception>
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
