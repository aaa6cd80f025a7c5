// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;

namespace OciPS;

/// <summary>The text of an image reference, as a parameter takes it.</summary>
/// <remarks>
/// Only strings and what this module emits convert to it, so that no other object's text is taken for a reference.
/// Whether the text is a reference is found out when it is used, so that one bad item in a pipeline does not stop the others.
/// </remarks>
[SuppressMessage(
    "Usage",
    "CA2225:Operator overloads have named alternates",
    Justification = "PowerShell converts by the operators; nobody else makes references.")]
public sealed class OciReference
{
    private OciReference(string text) => Text = text;

    /// <summary>The text as it was given.</summary>
    public string Text { get; }

    /// <summary>Takes any text.</summary>
    /// <param name="text">The reference's text.</param>
    public static OciReference Parse(string text) => new(text);

    /// <summary>The image with a tag.</summary>
    public static implicit operator OciReference(OciTag tag) => From(tag?.Reference);

    /// <summary>The image that a manifest is of.</summary>
    public static implicit operator OciReference(OciManifest manifest) => From(manifest?.Reference);

    /// <summary>The image that an index is of.</summary>
    public static implicit operator OciReference(OciIndex index) => From(index?.Reference);

    /// <summary>The image that is for a platform.</summary>
    public static implicit operator OciReference(OciPlatform platform) => From(platform?.Reference);

    /// <summary>The image that a config is of.</summary>
    public static implicit operator OciReference(OciImageConfig config) => From(config?.Reference);

    /// <summary>An image that was written.</summary>
    public static implicit operator OciReference(OciPublishedImage image) => From(image?.Reference);

    /// <summary>The text as it was given.</summary>
    public override string ToString() => Text;

    private static OciReference From(string? reference) => new(reference ?? throw new ArgumentNullException(nameof(reference)));
}
