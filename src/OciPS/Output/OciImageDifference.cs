// SPDX-License-Identifier: MIT

using OciPS.Operations.Comparison;
using OciPS.References;

namespace OciPS;

/// <summary>What kind of thing differs between two images.</summary>
public enum OciDifferenceKind
{
    /// <summary>A value of the config.</summary>
    Config,

    /// <summary>A layer.</summary>
    Layer,

    /// <summary>A file of a container's view.</summary>
    File,
}

/// <summary>How it differs.</summary>
public enum OciDifferenceChange
{
    /// <summary>The second image has it, the first one has not.</summary>
    Added,

    /// <summary>The first image has it, the second one has not.</summary>
    Removed,

    /// <summary>Both have it, and it is not the same.</summary>
    Changed,
}

/// <summary>One thing in which two images differ.</summary>
public sealed class OciImageDifference
{
    internal OciImageDifference(string reference, string difference, ImageDifference found)
    {
        Reference = reference;
        DifferenceReference = difference;
        Name = found.Name;
        switch (found)
        {
            case ImageDifference.Config config:
                (Kind, Before, After, IsExact) = (OciDifferenceKind.Config, config.Before, config.After, true);
                break;
            case ImageDifference.Layer layer:
                (Kind, Before, After, IsExact) = (OciDifferenceKind.Layer, layer.Before, layer.After, true);
                break;
            case ImageDifference.File file:
                (Kind, Before, After, IsExact) = (OciDifferenceKind.File, ToFile(file.Before), ToFile(file.After), file.IsExact);
                (Properties, BeforeContent, AfterContent) = (file.Properties, file.Before?.Content, file.After?.Content);
                break;
        }

        Change = found is ImageDifference.File { IsRemoved: true } || After is null ? OciDifferenceChange.Removed
            : Before is null ? OciDifferenceChange.Added
            : OciDifferenceChange.Changed;
    }

    /// <summary>What differs: a value of the config, a layer or a file.</summary>
    public OciDifferenceKind Kind { get; }

    /// <summary>How it differs, from the first image to the second.</summary>
    public OciDifferenceChange Change { get; }

    /// <summary>The file's path, the layer's digest, or the value's name in the config (<c>config.Env.PATH</c>).</summary>
    public string Name { get; }

    /// <summary>What of a file changed: Type, Size, Mode, Owner, LinkTarget, Content; empty for what was added or removed.</summary>
    public IReadOnlyList<string> Properties { get; } = [];

    /// <summary>How it is in the first image: an <see cref="OciImageFile"/>, a descriptor, or the value's text; null if it is not there.</summary>
    public object? Before { get; }

    /// <summary>How it is in the second image: an <see cref="OciImageFile"/>, a descriptor, or the value's text; null if it is not there.</summary>
    public object? After { get; }

    /// <summary>The digest of a file's content in the first image, where only that could tell; else null.</summary>
    public Digest? BeforeContent { get; }

    /// <summary>The digest of a file's content in the second image, where only that could tell; else null.</summary>
    public Digest? AfterContent { get; }

    /// <summary>Whether this is certain. A layer that both images have is not fetched, and it may have a file of that name too: what looks added may be changed then.</summary>
    public bool IsExact { get; }

    /// <summary>The first image.</summary>
    public string Reference { get; }

    /// <summary>The second image.</summary>
    public string DifferenceReference { get; }

    /// <summary>The change and the name.</summary>
    public override string ToString() => $"{Change} {Name}";

    private static OciImageFile? ToFile(ComparedFile? file) => file is null ? null : new OciImageFile(file.Image);
}
