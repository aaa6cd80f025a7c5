// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>A parsed image reference: the place of the image, and its tag or digest there.</summary>
/// <remarks>Distribution specification, "Pulling manifests"; for the other transports <c>containers-transports(5)</c>.</remarks>
public sealed record ImageReference
{
    internal ImageReference(Transport transport) => Transport = transport;

    /// <summary>The kind of place that holds the image.</summary>
    public Transport Transport { get; }

    /// <summary>The registry's host, with its port if one was given; empty unless the image is in a registry.</summary>
    public string Registry { get; internal init; } = string.Empty;

    /// <summary>The repository in the registry; empty unless the image is in a registry.</summary>
    public string Repository { get; internal init; } = string.Empty;

    /// <summary>The file or folder; empty if the image is in a registry.</summary>
    public string Path { get; internal init; } = string.Empty;

    /// <summary>The tag; null if there is none.</summary>
    public string? Tag { get; internal init; }

    /// <summary>The position of an image in a tarball, from 0; null if the reference gives none.</summary>
    public int? SourceIndex { get; internal init; }

    /// <summary>The digest; null if there is none. It takes precedence over the tag.</summary>
    public Digest? Digest { get; internal init; }

    /// <summary>Whether a destination gets no tag: the image written there is found by its digest.</summary>
    internal bool IsUntagged { get; init; }

    /// <summary>Whether the image written here gets no tag, and so replaces no other image.</summary>
    internal bool IsByDigest => IsUntagged || (Digest is not null && Tag is null && Syntax.Tags != TagRule.None);

    /// <summary>The syntax of this transport's references.</summary>
    internal TransportSyntax Syntax => TransportSyntax.For(Transport);

    /// <summary>The reference without tag and digest.</summary>
    public string Name => Syntax.Name(this);

    /// <summary>Parses a reference. Relative paths stay relative.</summary>
    /// <exception cref="InvalidInputException">The text is not a reference.</exception>
    public static ImageReference Parse(string text) => ReferenceParser.Parse(text, static path => path);

    /// <summary>Parses a reference whose path may be relative or on a drive.</summary>
    /// <param name="text">The text.</param>
    /// <param name="resolvePath">Makes a path absolute.</param>
    /// <param name="isDrive">Whether a drive of a given name exists, so that the colon after the name belongs to the path.</param>
    internal static ImageReference Parse(string text, Func<string, string> resolvePath, Func<string, bool>? isDrive = null) =>
        ReferenceParser.Parse(text, resolvePath, isDrive);

    /// <summary>Parses the reference of a destination.</summary>
    /// <param name="text">The text.</param>
    /// <param name="resolvePath">Makes a path absolute.</param>
    /// <param name="isDrive">Whether a drive of a given name exists.</param>
    /// <param name="isUntagged">Whether the destination gets no tag; then a missing tag does not mean <c>latest</c>.</param>
    /// <exception cref="InvalidInputException">The text is not a reference, or names a tag although there must be none.</exception>
    internal static ImageReference ParseDestination(
        string text, Func<string, string> resolvePath, Func<string, bool>? isDrive, bool isUntagged) =>
        ReferenceParser.ParseDestination(text, resolvePath, isDrive, isUntagged);

    /// <summary>An image in a tarball: the only one, the one with a tag, or the one at a position (<c>@N</c>).</summary>
    /// <exception cref="InvalidInputException">No image in a tarball can have this name.</exception>
    internal static ImageReference InTarball(string path, string? name) =>
        ReferenceParser.NameImage(new ImageReference(Transport.DockerArchive) { Path = path }, name);

    internal ImageReference WithTag(string? tag) => this with { Tag = tag, Digest = null, SourceIndex = null, IsUntagged = false };

    /// <summary>This reference, and references to the same place with more tags.</summary>
    /// <exception cref="InvalidInputException">One of them is not a tag.</exception>
    internal IReadOnlyList<ImageReference> WithMoreTags(IEnumerable<string>? tags) =>
        [this, .. (tags ?? [])
            .Select(tag => ReferenceParser.WithOtherTag(this, tag))
            .Where(other => other != this with { Digest = null })
            .Distinct()];

    internal ImageReference WithDigest(Digest digest) => this with { Tag = null, Digest = digest, SourceIndex = null, IsUntagged = false };

    /// <summary>The place as a destination without a tag; a folder or a tarball of one image has none in any case.</summary>
    internal ImageReference WithoutTag() => WithTag(null) with { IsUntagged = !Syntax.HoldsOneImage };

    /// <summary>Whether both references are in the same place, whatever their tags.</summary>
    internal bool SameRepository(ImageReference other) =>
        Transport == other.Transport && string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <summary>The full reference: with host, repository and tag, or with transport and path.</summary>
    public override string ToString()
    {
        string text = Tag is not null ? Name + ":" + Tag : SourceIndex is { } index ? $"{Name}:@{index}" : Name;
        return Digest is null ? text : text + "@" + Digest;
    }
}
