// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace OciPS.Views;

/// <summary>Cells of views: properties as text, with terminal control characters escaped.</summary>
/// <remarks>
/// OciPS.Types.ps1xml makes them hidden members of the outputs, live and deserialised. Views name members and run no script,
/// since ConstrainedLanguage refuses a script's calls and PowerShell then leaves the cell blank.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class TextCells
{
    private const int ShortDigestLength = 19;
    private const int NameWidth = 24;

    /// <summary>The architecture.</summary>
    public static string? Architecture(PSObject item) => Get(item, nameof(OciPlatform.Architecture));

    /// <summary>The type of artifact.</summary>
    public static string? ArtifactType(PSObject item) => Get(item, nameof(OciManifest.ArtifactType));

    /// <summary>The author.</summary>
    public static string? Author(PSObject item) => Get(item, nameof(OciHistoryEntry.Author));

    /// <summary>The comment.</summary>
    public static string? Comment(PSObject item) => Get(item, nameof(OciHistoryEntry.Comment));

    /// <summary>The command of a step.</summary>
    public static string? CreatedBy(PSObject item) => Get(item, nameof(OciHistoryEntry.CreatedBy));

    /// <summary>The checksum.</summary>
    public static string? Checksum(PSObject item) => Get(item, nameof(OciContainerSource.Checksum));

    /// <summary>The digest.</summary>
    public static string? Digest(PSObject item) => Get(item, nameof(OciManifest.Digest));

    /// <summary>The reference of the second image.</summary>
    public static string? DifferenceReference(PSObject item) => Get(item, nameof(OciImageDifference.DifferenceReference));

    /// <summary>The beginning of the digest.</summary>
    public static string? ShortDigest(PSObject item) => Short(Digest(item));

    /// <summary>The features of the processor.</summary>
    public static string[] Features(PSObject item) => All(item, nameof(OciPlatform.Features));

    /// <summary>The format.</summary>
    public static string? Format(PSObject item) => Get(item, nameof(OciContainerSource.Format));

    /// <summary>The path in the image.</summary>
    public static string? FullName(PSObject item) => Get(item, nameof(OciImageFile.FullName));

    /// <summary>The key.</summary>
    public static string? Key(PSObject item) => Get(item, nameof(OciTextPair.Key));

    /// <summary>The layer's digest.</summary>
    public static string? LayerDigest(PSObject item) => Get(item, nameof(OciImageFile.LayerDigest));

    /// <summary>The manifest list's path.</summary>
    public static string? ManifestList(PSObject item) => Get(item, nameof(OciContainerSource.ManifestList));

    /// <summary>The media type, without the common prefix.</summary>
    public static string? MediaType(PSObject item) =>
        Get(item, nameof(OciManifest.MediaType)) is { } type ? UsualBeginning().Replace(type, "$1 ") : null;

    /// <summary>The mirrors.</summary>
    public static string[] Mirror(PSObject item) => All(item, nameof(OciRegistryConnection.Mirror));

    /// <summary>The name.</summary>
    public static string? Name(PSObject item) => Get(item, nameof(OciTag.Name));

    /// <summary>The end of the name, which may be a reference.</summary>
    public static string? NameTail(PSObject item) => ConsoleWidth.CutTo(Name(item), NameWidth);

    /// <summary>The operating system.</summary>
    public static string? OS(PSObject item) => Get(item, nameof(OciPlatform.OS));

    /// <summary>The features of the operating system.</summary>
    public static string[] OSFeatures(PSObject item) => All(item, nameof(OciPlatform.OSFeatures));

    /// <summary>The operating system's version.</summary>
    public static string? OSVersion(PSObject item) => Get(item, nameof(OciPlatform.OSVersion));

    /// <summary>The path on disk.</summary>
    public static string? Path(PSObject item) => Get(item, nameof(OciContainerSource.Path));

    /// <summary>The platform.</summary>
    public static string? Platform(PSObject item) => Get(item, nameof(OciDescriptor.Platform));

    /// <summary>The reference.</summary>
    public static string? Reference(PSObject item) => Get(item, nameof(OciTag.Reference));

    /// <summary>The end of the reference, for the two columns of Format-Wide.</summary>
    public static string? ReferenceHalf(PSObject item) => ConsoleWidth.CutInFront(Reference(item), 1, columns: 2);

    /// <summary>The registry's host.</summary>
    public static string? Registry(PSObject item) => Get(item, nameof(OciRegistryConnection.Registry));

    /// <summary>The repository.</summary>
    public static string? Repository(PSObject item) => Get(item, nameof(OciTag.Repository));

    /// <summary>The size in a suitable unit.</summary>
    public static string Size(PSObject item) => DisplayText.Size(new SavedObject(item).Number(nameof(OciManifest.Size)));

    /// <summary>The source's reference.</summary>
    public static string? Source(PSObject item) => Get(item, nameof(OciRewrittenImage.Source));

    /// <summary>The subject of the manifest.</summary>
    public static string? Subject(PSObject item) => Get(item, nameof(OciManifest.Subject));

    /// <summary>The change of the tag.</summary>
    public static string? Tagged(PSObject item) => Get(item, nameof(OciPublishedImage.Tagged));

    /// <summary>Other addresses of the content.</summary>
    public static string[] Urls(PSObject item) => All(item, nameof(OciDescriptor.Urls));

    /// <summary>The user's name.</summary>
    public static string? UserName(PSObject item) => Get(item, nameof(OciRegistryConnection.UserName));

    /// <summary>The value.</summary>
    public static string? Value(PSObject item) => Get(item, nameof(OciTextMatch.Value));

    /// <summary>The variant of the architecture.</summary>
    public static string? Variant(PSObject item) => Get(item, nameof(OciPlatform.Variant));

    /// <summary>The annotations, one per line.</summary>
    public static string? Annotations(PSObject item) => Pairs(item, nameof(OciManifest.Annotations));

    internal static string? Get(PSObject item, string property) =>
        DisplayText.Text(new SavedObject(item).OptionalText(property));

    internal static string[] All(PSObject item, string property) =>
        [.. new SavedObject(item).Texts(property).Select(text => TerminalText.Escape(text))];

    internal static string? Pairs(PSObject item, string property) =>
        Lines(new SavedObject(item).Map(property).Pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>Texts, one per line; null if there are none.</summary>
    internal static string? Lines(IEnumerable<string> texts)
    {
        string lines = string.Join(Environment.NewLine, texts.Select(text => TerminalText.Escape(text)));
        return lines.Length == 0 ? null : lines;
    }

    internal static string? Short(string? digest) => digest is { Length: > ShortDigestLength } ? digest[..ShortDigestLength] : digest;

    /// <summary>The reference with a shortened digest.</summary>
    internal static string? ShortReference(PSObject item) =>
        Reference(item) is { } reference ? LongDigest().Replace(reference, "$1") : null;

    internal static string Count(int count, string singular) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {singular}{(count == 1 ? string.Empty : "s")}");

    [GeneratedRegex(@"^application/vnd\.(oci|docker)\.(image|distribution|container)\.")]
    private static partial Regex UsualBeginning();

    [GeneratedRegex("(@sha(256|512):.{12}).*")]
    private static partial Regex LongDigest();
}
