// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;

namespace OciPS;

/// <summary>The text of an image reference, as a parameter type.</summary>
/// <remarks>
/// Only strings and this module's outputs convert to it, so that no other object's text is taken for a reference. The text is validated
/// when it is used, so that one invalid pipeline item does not stop the others.
/// </remarks>
[SuppressMessage(
    "Usage",
    "CA2225:Operator overloads have named alternates",
    Justification = "PowerShell converts by the operators; nobody else makes references.")]
public sealed class OciReference
{
    private OciReference(string text) => Text = text;

    /// <summary>The original text.</summary>
    public string Text { get; }

    /// <summary>Accepts any text.</summary>
    /// <param name="text">The reference's text.</param>
    public static OciReference Parse(string text) => new(text);

    /// <summary>The image with a tag.</summary>
    public static implicit operator OciReference(OciTag tag) => From(tag?.Reference);

    /// <summary>The image of a manifest.</summary>
    public static implicit operator OciReference(OciManifest manifest) => From(manifest?.Reference);

    /// <summary>The image of an index.</summary>
    public static implicit operator OciReference(OciIndex index) => From(index?.Reference);

    /// <summary>The image of a platform.</summary>
    public static implicit operator OciReference(OciPlatform platform) => From(platform?.Reference);

    /// <summary>The image of a config.</summary>
    public static implicit operator OciReference(OciImageConfig config) => From(config?.Reference);

    /// <summary>An image that was written.</summary>
    public static implicit operator OciReference(OciPublishedImage image) => From(image?.Reference);

    /// <summary>The original text.</summary>
    public override string ToString() => Text;

    private static OciReference From(string? reference) => new(reference ?? throw new ArgumentNullException(nameof(reference)));
}
