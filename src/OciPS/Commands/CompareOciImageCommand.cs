// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Comparison;
using OciPS.Completers;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Commands;

/// <summary>Compares two images: their configs, their layers, and their files as a container sees them.</summary>
/// <remarks>
/// <para>Emits an object for each difference: values of the config first, then the layers that only one of the images has, then files by their names. Files are compared by type, size, mode, owner, link target and the digest of their content; times alone make no difference.</para>
/// <para>Layers that both images have are not fetched. If what they hold is known from an earlier Get-OciImageFile, or is on this machine, it counts; if not, IsExact is false for files of which such a layer may have another word: what looks added may be there in the shared layer already, and be changed in truth.</para>
/// <para>The properties Before and After hold files as Get-OciImageFile emits them, so that they go on to Export-OciImageFile and Remove-OciImageFile.</para>
/// </remarks>
/// <example>
/// <code>Compare-OciImage oci:images/app:1 registry.example.com/team/app:1</code>
/// <para>Shows what differs between two images.</para>
/// </example>
/// <example>
/// <code>Compare-OciImage registry.example.com/team/app:amd64 registry.example.com/team/app:1 -Path 'etc/*' | Where-Object Change -eq Changed</code>
/// <para>Shows which files below /etc changed.</para>
/// </example>
/// <example>
/// <code>Get-OciTag oci:images/app | Compare-OciImage -DifferenceReference registry.example.com/team/app:1 -Path 'etc/*'</code>
/// <para>Compares each image of a layout with one in a registry.</para>
/// </example>
/// <example>
/// <code>Compare-OciImage oci:images/app:1 registry.example.com/team/app:1 | Where-Object Kind -eq File | Where-Object After | ForEach-Object After | Export-OciImageFile ./changed</code>
/// <para>Unpacks what is new or different in the second image.</para>
/// </example>
/// <seealso cref="GetOciImageFileCommand"/>
/// <seealso cref="GetOciImageConfigCommand"/>
/// <seealso cref="GetOciManifestCommand"/>
[Cmdlet(VerbsData.Compare, "OciImage", DefaultParameterSetName = DifferenceSet)]
[OutputType(typeof(OciImageDifference))]
public sealed class CompareOciImageCommand : AsyncCmdlet
{
    private const string DifferenceSet = "Difference";
    private const string ReferenceSet = "Reference";

    /// <summary>The image to begin from: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH. Where -DifferenceReference is given, several of them may come from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = DifferenceSet)]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference Reference { get; set; } = OciReference.Parse(string.Empty);

    /// <summary>The image to compare with it. Where -Reference is given, several of them may come from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = DifferenceSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] DifferenceReference { get; set; } = [];

    /// <summary>Paths in the image, with PowerShell's wildcards, case-sensitive: only files that match are told. Configs and layers are left out then.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The platform to compare, of indexes: os/architecture[/variant][:version]. Without it, Linux and this machine's architecture, else the only one there is.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string? Platform { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in DifferenceReference)
        {
            await ForItemAsync(item.Text, () => CompareAsync(item.Text, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(string text, CancellationToken cancellationToken)
    {
        using PickedImages before = await OpenAsync(Reference.Text, cancellationToken).ConfigureAwait(false);
        using PickedImages after = await OpenAsync(text, cancellationToken).ConfigureAwait(false);
        var comparer = new ImageComparer(before.Images[0], after.Images[0], Log);
        if (Path is not { Length: > 0 })
        {
            await WriteAsync(text, await comparer.CompareConfigsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await WriteAsync(text, comparer.CompareLayers(), cancellationToken).ConfigureAwait(false);
        }

        PathPatterns? patterns = Path is { Length: > 0 } ? PathPatterns.OfWildcards(Path) : null;
        await WriteAsync(
            text, await comparer.CompareFilesAsync(name => patterns?.IsMatch(name) ?? true, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private async Task<PickedImages> OpenAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<PlatformPattern> patterns = PlatformPatterns.Parse(string.IsNullOrEmpty(Platform) ? null : [Platform]);
        ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        return await ImagePicker.OpenAsync(reference, patterns, ManifestMode.PreferMultiArch, Log, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(string text, IEnumerable<ImageDifference> differences, CancellationToken cancellationToken)
    {
        foreach (ImageDifference difference in differences)
        {
            await WriteLiveAsync(new OciImageDifference(Reference.Text, text, difference), cancellationToken).ConfigureAwait(false);
        }
    }
}
