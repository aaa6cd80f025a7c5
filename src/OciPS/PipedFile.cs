// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>A file of an image that is named by its properties, as a row of a CSV file or of JSON names it.</summary>
/// <param name="Reference">The image's reference.</param>
/// <param name="FullName">The path in the image, cleaned.</param>
internal sealed record PipedFile(string Reference, string FullName)
{
    /// <summary>The platform, where the reference is that of an index; null if none is named.</summary>
    public string? Platform { get; init; }

    /// <summary>The digest of the layer; null stands for the file that a container sees.</summary>
    public string? LayerDigest { get; init; }

    /// <summary>What the entry is, where that is known: File, Directory, Whiteout.</summary>
    public string? Type { get; init; }

    /// <summary>Takes anything that names an image and a file in it; null for what does not.</summary>
    public static PipedFile? From(PSObject? item) =>
        Text(item, nameof(Reference)) is { } reference && Text(item, nameof(FullName)) is { } path
            ? new PipedFile(reference, PathPatterns.ToName(path))
            {
                Platform = Text(item, nameof(Platform)),
                LayerDigest = Text(item, nameof(LayerDigest)),
                Type = Text(item, nameof(Type)),
            }
            : null;

    /// <summary>The properties that an item would need and lacks.</summary>
    public static IEnumerable<string> MissingProperties(PSObject? item) =>
        new[] { nameof(Reference), nameof(FullName) }.Where(name => Text(item, name) is null);

    private static string? Text(PSObject? item, string name) =>
        item?.Properties[name]?.Value is { } value && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text ? text : null;
}
