// SPDX-License-Identifier: MIT

using OciPS.Comparison;
using OciPS.Images;

namespace OciPS;

/// <summary>A difference between two images.</summary>
public sealed class OciImageDifference
{
    internal OciImageDifference(ImageSource before, ImageSource after, string? platform, ImageDifference found)
    {
        Reference = before.ExactReference.ToString();
        DifferenceReference = after.ExactReference.ToString();
        Platform = platform;
        Name = found is ImageDifference.File ? Tar.ShownPath.Show(found.Name) : found.Name;
        switch (found)
        {
            case ImageDifference.Config config:
                (Kind, Before, After, IsExact) = ("Config", config.Before, config.After, true);
                break;
            case ImageDifference.Layer layer:
                (Kind, Before, After, IsExact) = ("Layer", OciDescriptor.From(layer.Before), OciDescriptor.From(layer.After), true);
                break;
            case ImageDifference.File file:
                (Kind, Before, After, IsExact) = ("File", ToFile(file.Before), ToFile(file.After), file.IsExact);
                (
                    Properties,
                    BeforeContent,
                    AfterContent) = (file.Properties, file.Before?.Content?.ToString(), file.After?.Content?.ToString());
                break;
        }

        Change = found is ImageDifference.File { IsRemoved: true } || After is null ? "Removed"
            : Before is null ? "Added"
            : "Changed";
    }

    internal OciImageDifference(SavedObject saved)
    {
        Kind = saved.Text(nameof(Kind));
        Change = saved.Text(nameof(Change));
        Name = saved.Text(nameof(Name));
        Properties = saved.Texts(nameof(Properties));
        Before = saved.Value(nameof(Before));
        After = saved.Value(nameof(After));
        BeforeContent = saved.OptionalText(nameof(BeforeContent));
        AfterContent = saved.OptionalText(nameof(AfterContent));
        IsExact = saved.Flag(nameof(IsExact));
        Reference = saved.Text(nameof(Reference));
        DifferenceReference = saved.Text(nameof(DifferenceReference));
        Platform = saved.OptionalText(nameof(Platform));
    }

    /// <summary>
    /// The kind of difference: <c>Config</c> for a config value, <c>Layer</c>, or <c>File</c> for a file as a container sees it.
    /// </summary>
    public string Kind { get; } = string.Empty;

    /// <summary>
    /// The change: <c>Added</c> if only the second image has it, <c>Removed</c> if only the first one has it, else <c>Changed</c>.
    /// </summary>
    public string Change { get; }

    /// <summary>The file's path, the layer's digest, or the name of the config value (<c>config.Env.PATH</c>).</summary>
    public string Name { get; }

    /// <summary>
    /// The changed properties of a file: Type, Size, Mode, Owner, LinkTarget, Content; empty for an added or removed one.
    /// </summary>
    public IReadOnlyList<string> Properties { get; } = [];

    /// <summary>
    /// The state in the first image: an <see cref="OciImageFile"/>, a descriptor, or the value's text; null if it does not exist there.
    /// </summary>
    public object? Before { get; }

    /// <summary>
    /// The state in the second image: an <see cref="OciImageFile"/>, a descriptor, or the value's text; null if it does not exist there.
    /// </summary>
    public object? After { get; }

    /// <summary>The digest of a file's content in the first image, if it was needed for the comparison; else null.</summary>
    public string? BeforeContent { get; }

    /// <summary>The digest of a file's content in the second image, if it was needed for the comparison; else null.</summary>
    public string? AfterContent { get; }

    /// <summary>
    /// Whether the difference is certain. A layer in both images may not be fetched although it may contain the same path: a file that
    /// looks added may be a changed one.
    /// </summary>
    public bool IsExact { get; }

    /// <summary>The first image, by digest if it was selected from an index.</summary>
    public string Reference { get; }

    /// <summary>The second image, by digest if it was selected from an index.</summary>
    public string DifferenceReference { get; }

    /// <summary>
    /// The platform of the images, from the first one if it has one: <c>linux/arm64/v8</c>; null if neither has one, as for artifacts.
    /// </summary>
    public string? Platform { get; }

    /// <summary>The change and the name.</summary>
    public override string ToString() => $"{Change} {Name}";

    private static OciImageFile? ToFile(ComparedFile? file) => file is null ? null : new OciImageFile(file.Image);
}
