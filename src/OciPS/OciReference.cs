// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The text of an image reference, as a parameter takes it.</summary>
/// <remarks>
/// Only strings convert to it, so that no other object's text is taken for a reference. Whether the text is a reference
/// is found out when it is used, so that one bad item in a pipeline does not stop the others.
/// </remarks>
public sealed class OciReference
{
    private OciReference(string text) => Text = text;

    /// <summary>The text as it was given.</summary>
    public string Text { get; }

    /// <summary>Takes any text.</summary>
    /// <param name="text">The reference's text.</param>
    public static OciReference Parse(string text) => new(text);

    /// <summary>The text as it was given.</summary>
    public override string ToString() => Text;
}
