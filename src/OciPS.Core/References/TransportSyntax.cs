// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>The syntax of a transport's references.</summary>
/// <remarks>This table and <c>StoreFactory</c> hold all differences between transports.</remarks>
internal sealed record TransportSyntax(Transport Transport, string Prefix)
{
    private static readonly TransportSyntax[] s_table =
    [
        new(Transport.Registry, "docker://")
        {
            Forms = ["HOST/REPO:TAG", "HOST/REPO@sha256:…"],
            Tags = TagRule.Specified,
            DefaultTag = ReferenceParser.DefaultTag,
            Parse = ReferenceParser.ParseRegistry,
            Name = static reference => $"{reference.Registry}/{reference.Repository}",
        },
        new(Transport.OciLayout, "oci:")
        {
            Forms = ["oci:PATH:TAG"],
            Path = TransportPath.Folder,
            Tags = TagRule.Free,
        },
        new(Transport.OciArchive, "oci-archive:")
        {
            Forms = ["oci-archive:PATH:TAG"],
            Path = TransportPath.File,
            Tags = TagRule.Free,
            ReplacesAllWithoutTag = true,
            SameFile = Transport.DockerArchive,
        },
        new(Transport.Directory, "dir:")
        {
            Forms = ["dir:PATH"],
            Path = TransportPath.Folder,
            Tags = TagRule.None,
            HoldsOneImage = true,
        },
        new(Transport.DockerArchive, "docker-archive:")
        {
            Forms = ["docker-archive:PATH"],
            DestinationForms = ["docker-archive:PATH:REPO:TAG", "docker-archive:PATH"],
            Path = TransportPath.File,
            Tags = TagRule.Free,
            HasPositions = true,
            HoldsOneImage = true,
            KeepsManifests = false,
        },
    ];

    private readonly IReadOnlyList<string>? _destinationForms;

    public delegate ImageReference Parser(
        TransportSyntax syntax, string text, string rest, Func<string, string> resolvePath, Func<string, bool> isDrive);

    public static IReadOnlyList<TransportSyntax> All => s_table;

    /// <summary>The forms of a reference, for messages.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>The forms of a destination, for messages.</summary>
    public IReadOnlyList<string> DestinationForms
    {
        get => _destinationForms ?? Forms;
        init => _destinationForms = value;
    }

    /// <summary>Parses a reference without its prefix; <c>text</c> is the whole reference, for messages.</summary>
    public Parser Parse { get; init; } = ReferenceParser.ParsePath;

    /// <summary>Formats a reference without tag and digest.</summary>
    public Func<ImageReference, string> Name { get; init; } = NamePath;

    /// <summary>The kind of path in a reference.</summary>
    public TransportPath Path { get; init; }

    /// <summary>What names an image.</summary>
    public required TagRule Tags { get; init; }

    /// <summary>The tag of a reference that names none; null if there is no default.</summary>
    public string? DefaultTag { get; init; }

    /// <summary>Whether a position can name an image (<c>@N</c>).</summary>
    public bool HasPositions { get; init; }

    /// <summary>Whether a written image replaces everything in the place.</summary>
    public bool HoldsOneImage { get; init; }

    /// <summary>Whether an image written without a tag replaces all others.</summary>
    public bool ReplacesAllWithoutTag { get; init; }

    /// <summary>Whether manifests keep their bytes, so that their digests name them.</summary>
    public bool KeepsManifests { get; init; } = true;

    /// <summary>Another transport that may read the same file.</summary>
    public Transport? SameFile { get; init; }

    /// <summary>Whether images may lack a tag in a place where others have one.</summary>
    public bool IsTagOptional => !HoldsOneImage && DefaultTag is null;

    /// <exception cref="ArgumentOutOfRangeException">There is no such transport.</exception>
    public static TransportSyntax For(Transport transport)
    {
        // Called for every file that is listed: nothing is allocated.
        foreach (TransportSyntax syntax in s_table)
        {
            if (syntax.Transport == transport)
            {
                return syntax;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(transport), transport, "There is no such transport.");
    }

    /// <summary>Formats alternative forms in quotation marks, for messages.</summary>
    public static string ToChoice(IEnumerable<string> forms)
    {
        string[] quoted = [.. forms.Select(form => $"'{form}'")];
        return quoted.Length == 1 ? quoted[0] : $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
    }

    private static string NamePath(ImageReference reference) => reference.Syntax.Prefix + reference.Path;
}
