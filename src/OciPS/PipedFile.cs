// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>A file of an image, identified by properties, as in a row of a CSV file or of JSON.</summary>
/// <param name="Reference">The image's reference.</param>
/// <param name="FullName">The path in the image, normalised.</param>
internal sealed record PipedFile(string Reference, string FullName)
{
    /// <summary>The platform, if the reference is an index; null if none is given.</summary>
    public string? Platform { get; init; }

    /// <summary>The digest of the layer; null for the file as a container sees it.</summary>
    public string? LayerDigest { get; init; }

    /// <summary>The type of the entry, if known: File, Directory, Whiteout.</summary>
    public string? Type { get; init; }

    /// <summary>Converts any object that names an image and a file in it; null for others.</summary>
    public static PipedFile? From(PSObject? item) =>
        Text(item, nameof(Reference)) is { } reference && Text(item, nameof(FullName)) is { } path
            ? new PipedFile(reference, PathPatterns.ToName(path))
            {
                Platform = Text(item, nameof(Platform)),
                LayerDigest = Text(item, nameof(LayerDigest)),
                Type = Text(item, nameof(Type)),
            }
            : null;

    /// <summary>The required properties that an item lacks.</summary>
    public static IEnumerable<string> MissingProperties(PSObject? item) =>
        new[] { nameof(Reference), nameof(FullName) }.Where(name => Text(item, name) is null);

    private static string? Text(PSObject? item, string name) =>
        item?.Properties[name]?.Value is { } value && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text ? text : null;
}
