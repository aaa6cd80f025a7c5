// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>Parses the references of destinations.</summary>
internal static partial class ReferenceParser
{
    public static ImageReference ParseDestination(
        string text, Func<string, string> resolvePath, Func<string, bool>? isDrive, bool isUntagged)
    {
        ImageReference destination = TakeDigest(Parse(text, resolvePath, isDrive));
        if (!isUntagged || destination.SourceIndex is not null || destination is { Digest: not null, Tag: null })
        {
            return destination;
        }

        return destination.Tag is { } tag && !IsImplied(text, destination)
            ? throw new InvalidInputException(
                ErrorIds.ConflictingParameters, $"'{text}' names the tag '{tag}', and no tag is to be written.")
            {
                Remedy = Remedy.WriteNoTag,
            }
            : destination.WithoutTag();
    }

    /// <summary>Whether a registry reference has the default tag because the text names none.</summary>
    private static bool IsImplied(string text, ImageReference reference) =>
        reference is { Syntax.DefaultTag: not null, Digest: null } && !text.AsSpan(text.LastIndexOf('/') + 1).Contains(':');

    /// <summary>Takes the digest after a path that does not exist yet: only a destination can have one.</summary>
    private static ImageReference TakeDigest(ImageReference reference)
    {
        if (reference is not { Syntax.HoldsOneImage: true, Digest: null }
            || System.IO.Path.Exists(reference.Path))
        {
            return reference;
        }

        // The parser takes the colon in the digest for the separator before an image's name.
        string path = reference.Tag is { } tag ? $"{reference.Path}:{tag}" : reference.Path;
        int at = path.LastIndexOf('@');
        if (at <= 0 || at >= reference.Path.Length)
        {
            return reference;
        }

        ExpectNoBadDigest(reference, path, at);
        return !Digest.TryParse(path[(at + 1)..], out Digest digest) ? reference
            : reference.Syntax.KeepsManifests ? reference with { Path = path[..at], Digest = digest }
            : throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{reference}' names a digest, and a tarball keeps no manifest that has one. Give "
                    + $"{TransportSyntax.ToChoice(reference.Syntax.DestinationForms)}.");
    }

    private static void ExpectNoBadDigest(ImageReference reference, string path, int at)
    {
        if (!Digest.TryParse(path[(at + 1)..], out _))
        {
            ExpectNoDigest(reference.ToString(), path);
        }
    }
}
