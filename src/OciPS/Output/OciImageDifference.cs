// SPDX-License-Identifier: MIT

using OciPS.Comparison;
using OciPS.Images;

namespace OciPS;

/// <summary>One thing in which two images differ.</summary>
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
    /// What differs: <c>Config</c> for a value of the config, <c>Layer</c>, or <c>File</c> for a file of a container's view.
    /// </summary>
    public string Kind { get; } = string.Empty;

    /// <summary>
    /// How it differs: <c>Added</c> where only the second image has it, <c>Removed</c> where only the first one has, else <c>Changed</c>.
    /// </summary>
    public string Change { get; }

    /// <summary>The file's path, the layer's digest, or the value's name in the config (<c>config.Env.PATH</c>).</summary>
    public string Name { get; }

    /// <summary>What of a file changed: Type, Size, Mode, Owner, LinkTarget, Content; empty for what was added or removed.</summary>
    public IReadOnlyList<string> Properties { get; } = [];

    /// <summary>
    /// How it is in the first image: an <see cref="OciImageFile"/>, a descriptor, or the value's text; null if it is not there.
    /// </summary>
    public object? Before { get; }

    /// <summary>
    /// How it is in the second image: an <see cref="OciImageFile"/>, a descriptor, or the value's text; null if it is not there.
    /// </summary>
    public object? After { get; }

    /// <summary>The digest of a file's content in the first image, where only that could tell; else null.</summary>
    public string? BeforeContent { get; }

    /// <summary>The digest of a file's content in the second image, where only that could tell; else null.</summary>
    public string? AfterContent { get; }

    /// <summary>
    /// Whether this is certain. A layer that both images have is not fetched, and it may have a file of that name too: what looks added may
    /// be changed then.
    /// </summary>
    public bool IsExact { get; }

    /// <summary>The first image, by its digest where it was picked out of an index.</summary>
    public string Reference { get; }

    /// <summary>The second image, by its digest where it was picked out of an index.</summary>
    public string DifferenceReference { get; }

    /// <summary>
    /// What the images run on, as the first one says: <c>linux/arm64/v8</c>; null where neither says it, as with artifacts.
    /// </summary>
    public string? Platform { get; }

    /// <summary>The change and the name.</summary>
    public override string ToString() => $"{Change} {Name}";

    private static OciImageFile? ToFile(ComparedFile? file) => file is null ? null : new OciImageFile(file.Image);
}
