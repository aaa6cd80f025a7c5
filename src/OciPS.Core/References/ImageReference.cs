// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>A reference to an image, taken apart: where it is, and its tag or digest there.</summary>
/// <remarks>Distribution specification, "Pulling manifests"; for the other transports <c>containers-transports(5)</c>.</remarks>
public sealed record ImageReference
{
    internal ImageReference(Transport transport) => Transport = transport;

    /// <summary>Where the image lives.</summary>
    public Transport Transport { get; }

    /// <summary>The registry's host, with its port if one was given; empty unless the image is in a registry.</summary>
    public string Registry { get; internal init; } = string.Empty;

    /// <summary>The repository in the registry; empty unless the image is in a registry.</summary>
    public string Repository { get; internal init; } = string.Empty;

    /// <summary>The file or folder; empty if the image is in a registry.</summary>
    public string Path { get; internal init; } = string.Empty;

    /// <summary>The tag; null if there is none.</summary>
    public string? Tag { get; internal init; }

    /// <summary>Which image of a tarball is meant, from 0; null where it is not named by its position.</summary>
    public int? SourceIndex { get; internal init; }

    /// <summary>The digest; null if there is none. It decides where there is a tag as well.</summary>
    public Digest? Digest { get; internal init; }

    /// <summary>Whether, as a destination, it gets no tag: what is written there is found by its digest.</summary>
    internal bool IsUntagged { get; init; }

    /// <summary>Whether what is written here gets no tag, and so takes no other image's place.</summary>
    internal bool IsByDigest => IsUntagged || (Digest is not null && Tag is null && Syntax.Tags != TagRule.None);

    /// <summary>What references of this transport can name.</summary>
    internal TransportSyntax Syntax => TransportSyntax.For(Transport);

    /// <summary>The reference without tag and digest.</summary>
    public string Name => Syntax.Name(this);

    /// <summary>Parses a reference. Relative paths stay relative.</summary>
    /// <exception cref="InvalidInputException">The text is no reference.</exception>
    public static ImageReference Parse(string text) => ReferenceParser.Parse(text, static path => path);

    /// <summary>Parses a reference whose path may be relative, or on a drive.</summary>
    /// <param name="text">The text.</param>
    /// <param name="resolvePath">Makes a path absolute.</param>
    /// <param name="isDrive">Tells whether there is a drive of some name, so that the colon behind it belongs to a path.</param>
    internal static ImageReference Parse(string text, Func<string, string> resolvePath, Func<string, bool>? isDrive = null) =>
        ReferenceParser.Parse(text, resolvePath, isDrive);

    /// <summary>Parses where something is to be written.</summary>
    /// <param name="text">The text.</param>
    /// <param name="resolvePath">Makes a path absolute.</param>
    /// <param name="isDrive">Tells whether there is a drive of some name.</param>
    /// <param name="isUntagged">Whether it is to get no tag; where it names none, that is not <c>latest</c> then.</param>
    /// <exception cref="InvalidInputException">The text is no reference, or names a tag although there is to be none.</exception>
    internal static ImageReference ParseDestination(
        string text, Func<string, string> resolvePath, Func<string, bool>? isDrive, bool isUntagged) =>
        ReferenceParser.ParseDestination(text, resolvePath, isDrive, isUntagged);

    /// <summary>An image in a tarball: the only one, or the one of a tag or, with <c>@N</c>, at a position.</summary>
    /// <exception cref="InvalidInputException">The name is none that an image in a tarball can have.</exception>
    internal static ImageReference InTarball(string path, string? name) =>
        ReferenceParser.NameImage(new ImageReference(Transport.DockerArchive) { Path = path }, name);

    internal ImageReference WithTag(string? tag) => this with { Tag = tag, Digest = null, SourceIndex = null, IsUntagged = false };

    /// <summary>This and, in the same place, others with more tags.</summary>
    /// <exception cref="InvalidInputException">One of them is no tag.</exception>
    internal IReadOnlyList<ImageReference> WithMoreTags(IEnumerable<string>? tags) =>
        [this, .. (tags ?? [])
            .Select(tag => ReferenceParser.WithOtherTag(this, tag))
            .Where(other => other != this with { Digest = null })
            .Distinct()];

    internal ImageReference WithDigest(Digest digest) => this with { Tag = null, Digest = digest, SourceIndex = null, IsUntagged = false };

    /// <summary>The place as a destination that gets no tag; a folder or a tarball of one image has none in any case.</summary>
    internal ImageReference WithoutTag() => WithTag(null) with { IsUntagged = !Syntax.HoldsOneImage };

    /// <summary>Whether both are in the same place, whatever their tags.</summary>
    internal bool SameRepository(ImageReference other) =>
        Transport == other.Transport && string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <summary>The reference in full: with host, repository and tag, or with transport and path.</summary>
    public override string ToString()
    {
        string text = Tag is not null ? Name + ":" + Tag : SourceIndex is { } index ? $"{Name}:@{index}" : Name;
        return Digest is null ? text : text + "@" + Digest;
    }
}
