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
/// <para>
/// Emits an object for each difference: values of the config first, then the layers that only one of the images has, then files by their
/// names. Files are compared by type, size, mode, owner, link target and the digest of their content; times alone make no difference.
/// </para>
/// <para>
/// Of two indexes the images for Linux and this machine's architecture are compared, else the only ones there are. Where one side is a
/// single image, the image of the other side's index for the platform in its config is compared with it. -Platform compares others, several
/// too: each difference has the Platform of its images. Windows images whose versions differ in the revision only are compared.
/// </para>
/// <para>
/// Layers that both images have are not fetched. Their files are compared if they are known from an earlier Get-OciImageFile, or are on
/// this machine; if not, IsExact is false for files that such a layer may have too: a file that looks added may exist in the shared layer,
/// and so be a changed one.
/// </para>
/// <para>
/// The properties Before and After hold files as Get-OciImageFile emits them, so that they go on to Export-OciImageFile and
/// Remove-OciImageFile.
/// </para>
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
/// <code>Compare-OciImage registry.example.com/team/app:1 oci:images/app:1 -Platform * | Group-Object Platform</code>
/// <para>Compares images for several platforms, platform by platform.</para>
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

    /// <summary>
    /// The image to begin from: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// Where -DifferenceReference is given, several of them may come from the pipeline.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = DifferenceSet)]
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference Reference { get; set; } = OciReference.Parse(string.Empty);

    /// <summary>The image to compare with it. Where -Reference is given, several of them may come from the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = DifferenceSet)]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] DifferenceReference { get; set; } = [];

    /// <summary>
    /// Paths in the image, with PowerShell's wildcards, case-sensitive: only files that match are emitted, and configs and layers are left
    /// out. Without it, or with $null, all is compared; of an empty list, nothing.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>
    /// The platforms to compare, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all. Images of
    /// both sides for the same platform are compared, one pair after the other; a platform that only one side has is an error. Without it,
    /// one pair is compared.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in DifferenceReference)
        {
            await ForItemAsync(item.Text, () => CompareAsync(item.Text, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(string text, CancellationToken cancellationToken)
    {
        using ImagePicker before = await OpenAsync(Reference.Text, cancellationToken).ConfigureAwait(false);
        using ImagePicker after = await OpenAsync(text, cancellationToken).ConfigureAwait(false);
        PairedImages images = await new ImagePairer(before, after, Operation)
            .PairAsync(PlatformPatterns.Parse(Platform), cancellationToken).ConfigureAwait(false);
        foreach ((OciException error, bool isOfAfter) in images.Errors)
        {
            await WriteErrorAsync(ErrorRecords.Create(error, isOfAfter ? text : Reference.Text), cancellationToken).ConfigureAwait(false);
        }

        foreach (ImagePair pair in images.Pairs)
        {
            await ForItemAsync(text, () => CompareAsync(pair, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(ImagePair pair, CancellationToken cancellationToken)
    {
        ImageSource before = await pair.Before.OpenAsync(cancellationToken).ConfigureAwait(false);
        ImageSource after = await pair.After.OpenAsync(cancellationToken).ConfigureAwait(false);
        string? platform = (pair.Before.Platform ?? pair.After.Platform)?.ToString();
        Task TellAsync(IEnumerable<ImageDifference> differences) =>
            WriteAsync(differences.Select(difference => new OciImageDifference(before, after, platform, difference)), cancellationToken);

        var comparer = new ImageComparer(before, after, Operation);
        if (Path is null)
        {
            await TellAsync(await comparer.CompareConfigsAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            await TellAsync(comparer.CompareLayers()).ConfigureAwait(false);
        }

        PathPatterns? patterns = Path is null ? null : PathPatterns.FromWildcards(Path);
        if (patterns is not { IsEmpty: true })
        {
            await TellAsync(await comparer.CompareFilesAsync(
                name => patterns?.IsMatch(name) ?? true, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task<ImagePicker> OpenAsync(string text, CancellationToken cancellationToken)
    {
        ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        return await ImagePicker.ResolveAsync(reference, ManifestMode.PreferMultiArch, Operation, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(IEnumerable<OciImageDifference> differences, CancellationToken cancellationToken)
    {
        foreach (OciImageDifference difference in differences)
        {
            await WriteLiveAsync(difference, cancellationToken).ConfigureAwait(false);
        }
    }
}
