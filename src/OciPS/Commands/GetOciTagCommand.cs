// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Images;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Commands;

/// <summary>Gets the tags of a repository, a layout or an archive.</summary>
/// <remarks>
/// <para>
/// Lists all tags, page after page where a registry gives them in pages. They come out in the order in which the registry or the layout has
/// them, and each pipes into every other cmdlet.
/// </para>
/// <para>A tag or digest in the reference makes no difference.</para>
/// </remarks>
/// <example>
/// <code>Get-OciTag registry.example.com/team/app</code>
/// <para>Lists a repository's tags.</para>
/// </example>
/// <example>
/// <code>Get-OciTag registry.example.com/team/app -Name '1*', '2*' | Get-OciManifest</code>
/// <para>Shows what some of the tags point to.</para>
/// </example>
/// <example>
/// <code>Get-OciTag oci:images/app | Get-OciImageFile -Path '*.key'</code>
/// <para>Looks for keys in all images of a layout.</para>
/// </example>
/// <seealso cref="GetOciManifestCommand"/>
/// <seealso cref="CopyOciImageCommand"/>
[Cmdlet(VerbsCommon.Get, "OciTag")]
[OutputType(typeof(OciTag))]
public sealed class GetOciTagCommand : AsyncCmdlet
{
    /// <summary>The repositories: HOST/REPO, oci:PATH, oci-archive:PATH or docker-archive:PATH; dir:PATH has no tags.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// Tags, with PowerShell's wildcards, case-sensitive. Without it, all come out. A tag without wildcards that is not there is an error.
    /// </summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagNameCompleter))]
    public string[]? Name { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        WildcardPattern[] patterns = (Name ?? []).Select(name => new WildcardPattern(name, WildcardOptions.Compiled)).ToArray();
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(item.Text, () => ListAsync(item.Text, patterns, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(string text, WildcardPattern[] patterns, CancellationToken cancellationToken)
    {
        ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        HashSet<string> missing = [.. (Name ?? []).Where(
            name => !WildcardPattern.ContainsWildcardCharacters(name)).Select(WildcardPattern.Unescape)];
        using IImageStore store = await StoreFactory.OpenAsync(reference, Operation, cancellationToken).ConfigureAwait(false);
        var tags = new TagReader(store, reference, Operation);
        bool IsWanted(string tag) => patterns.Length == 0 || patterns.Any(pattern => pattern.IsMatch(tag));
        await foreach (string tag in tags.ReadAsync(IsWanted, cancellationToken).ConfigureAwait(false))
        {
            missing.Remove(tag);
            await WriteLiveAsync(new OciTag(reference.WithTag(tag)), cancellationToken).ConfigureAwait(false);
        }

        missing.ExceptWith(tags.Refused);
        foreach (string name in missing)
        {
            var error = new ContentNotFoundException(
                ErrorIds.TagNotFound, $"'{reference.Name}' has no tag '{name}'. Tags are case-sensitive.");
            await WriteErrorAsync(ErrorRecords.Create(error, text), cancellationToken).ConfigureAwait(false);
        }
    }
}
