// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Comparison;

/// <summary>One thing in which two images differ.</summary>
/// <param name="Name">A path, the name of a config value, or the digest of a layer.</param>
internal abstract record ImageDifference(string Name)
{
    /// <summary>A value of the config, as JSON; null on the side that has none.</summary>
    public sealed record Config(string Name, string? Before, string? After) : ImageDifference(Name);

    /// <summary>A layer that only one of the images has.</summary>
    public sealed record Layer(string Name, Descriptor? Before, Descriptor? After) : ImageDifference(Name);

    /// <summary>A file; null on the side that has none, or where an unread layer may have it.</summary>
    public sealed record File(
        string Name,
        ComparedFile? Before,
        ComparedFile? After,
        bool IsRemoved,
        IReadOnlyList<string> Properties,
        bool IsExact) : ImageDifference(Name);
}

/// <summary>A file of an image's merged file system.</summary>
/// <param name="Image">The file.</param>
/// <param name="Content">The digest of its content; null if it was not needed.</param>
internal sealed record ComparedFile(ImageFile Image, Digest? Content);
