// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS;

/// <summary>A tag in a repository, a layout or an archive.</summary>
public sealed class OciTag
{
    internal OciTag(ImageReference reference)
    {
        Reference = reference.ToString();
        Repository = reference.Name;
        Name = reference.Tag!;
    }

    internal OciTag(SavedObject saved)
    {
        Reference = saved.Text(nameof(Reference));
        Repository = saved.Text(nameof(Repository));
        Name = saved.Text(nameof(Name));
    }

    /// <summary>The reference of the image with this tag.</summary>
    public string Reference { get; }

    /// <summary>The repository, layout or archive that the tag is in.</summary>
    public string Repository { get; }

    /// <summary>The tag.</summary>
    public string Name { get; }

    /// <summary>The tag, under the same name as in the module's other outputs.</summary>
    public string Tag => Name;

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
