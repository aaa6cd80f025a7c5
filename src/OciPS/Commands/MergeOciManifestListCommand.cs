// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Merging;
using OciPS.References;

namespace OciPS.Commands;

/// <summary>Makes one multi-platform image out of several, or puts a manifest list over the image in a directory.</summary>
/// <remarks>
/// <para>
/// Writes an index that lists all images given, under one tag or several. An index among them contributes its images, attestations
/// included; the same image twice is one entry. The platform of each is read from its config. Images that are elsewhere are copied to the
/// destination first, or mounted where the registry is the same.
/// </para>
/// <para>
/// With -ManifestList and -ImageDirectory the list in a file is put into a directory of the dir: format, whose image it has to name, so
/// that both are published together and people can pull the image by the list's digest. The list's bytes stay as they are. If this is
/// interrupted, the directory is unchanged or complete; running it again changes nothing.
/// </para>
/// <para>
/// Two different images for one platform are an error unless -Force is given; then both are listed. Docker's and OCI's media types do not
/// mix in one index: -Format converts the manifests, with configs and layers as they are.
/// </para>
/// </remarks>
/// <example>
/// <code>Merge-OciManifestList registry.example.com/team/app:amd64, registry.example.com/team/app:arm64 -Destination registry.example.com/team/app:2</code>
/// <para>Makes a multi-platform tag of two builds.</para>
/// </example>
/// <example>
/// <code>Get-OciTag registry.example.com/team/app -Name 'a*64' | Merge-OciManifestList -Destination registry.example.com/team/app:2 -AdditionalTag latest</code>
/// <para>Does that with all tags of a pattern, and sets two tags; emits one object for each.</para>
/// </example>
/// <example>
/// <code>Merge-OciManifestList oci:images/app:1, registry.example.com/team/app:arm64 -Destination oci:images/app:multi -Format Oci</code>
/// <para>Merges images of different places and formats into a layout.</para>
/// </example>
/// <example>
/// <code>Merge-OciManifestList -ManifestList ./list.json -ImageDirectory ./image | Copy-OciImage -Destination oci:images/app:listed -Sparse</code>
/// <para>
/// Puts a manifest list over the image in a directory, and copies both on. -Sparse takes a list whose other images are not there.
/// </para>
/// </example>
/// <seealso cref="CopyOciImageCommand"/>
/// <seealso cref="GetOciPlatformCommand"/>
/// <seealso cref="GetOciContainerSourceCommand"/>
[Cmdlet(
    VerbsData.Merge,
    "OciManifestList",
    DefaultParameterSetName = ReferenceSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(OciPublishedImage), ParameterSetName = [ReferenceSet])]
[OutputType(typeof(OciMergedIndex), ParameterSetName = [ImageDirectorySet])]
public sealed class MergeOciManifestListCommand : WritingCmdlet
{
    private const string ReferenceSet = "Reference";
    private const string ImageDirectorySet = "ImageDirectory";

    private readonly List<string> _references = [];
    private readonly List<string> _destinations = [];

    /// <summary>The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG or docker-archive:PATH.</summary>
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// The destination: HOST/REPO:TAG or oci:PATH:TAG. Takes a scriptblock over the pipeline's item, which has to say the same for all.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public string Destination { get; set; } = string.Empty;

    /// <summary>More tags in the same repository that get the same index.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public string[]? AdditionalTag { get; set; }

    /// <summary>
    /// The family of media types to write: Docker or Oci. The default is the images' own, which has to be the same for all. Docker's types
    /// have none for layers in zstd: images with such layers are refused there.
    /// </summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public OciFormat Format { get; set; }

    /// <summary>The file with the manifest list.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageDirectorySet)]
    public string ManifestList { get; set; } = string.Empty;

    /// <summary>The directory, in the dir: format, with an image that the list names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageDirectorySet)]
    public string ImageDirectory { get; set; } = string.Empty;

    /// <summary>
    /// Lists two different images for one platform; for a directory, takes a list that does not name its image. Does not ask either
    /// before the index replaces one of the images; without -Force that needs a confirmation, and in a session that cannot ask, it is the
    /// error ForceRequired.
    /// </summary>
    [Parameter]
    public override SwitchParameter Force { get; set; }

    /// <summary>
    /// Refuses a destination whose tag is there already. It is checked before anything is sent. Without it, the tag gets the new index, and
    /// -Verbose shows what it pointed to. What is written by its digest replaces nothing, and is not refused.
    /// </summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public override SwitchParameter NoClobber { get; set; }

    /// <summary>
    /// Writes by digest alone: no tag is made or moved, and what is there stays. The destination names no tag then; Reference and
    /// DigestReference of the output name the digest, and Tag and Tagged are null. An OCI layout or archive lists the index without a
    /// name; a dir: folder has no tags in any case.
    /// </summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public override SwitchParameter NoTag { get; set; }

    private protected override Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        _references.AddRange(Reference.Select(item => item.Text));
        if (!_destinations.Contains(Destination))
        {
            _destinations.Add(Destination);
        }

        return Task.CompletedTask;
    }

    private protected override Task EndItemsAsync(CancellationToken cancellationToken) =>
        ParameterSetName == ImageDirectorySet ? ForItemAsync(
            ImageDirectory, () => MergeIntoDirectoryAsync(cancellationToken), cancellationToken)
        : _references.Count == 0 ? Task.CompletedTask
        : ForItemAsync(_destinations[0], () => MergeAsync(cancellationToken), cancellationToken);

    private async Task MergeIntoDirectoryAsync(CancellationToken cancellationToken)
    {
        (string file, string directory) = await InvokeAsync(
            () => (this.ToProviderPath(ManifestList), this.ToProviderPath(ImageDirectory)), cancellationToken).ConfigureAwait(false);
        ManifestListFile list = await ManifestListFile.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        var merger = new DirIndexMerger(directory, list, Force);
        await merger.InspectAsync(cancellationToken).ConfigureAwait(false);
        string action = merger.IsDone
            ? $"Leave the manifest list '{file}', which is there"
            : $"Put the manifest list '{file}' in its place";
        if (await InvokeAsync(
            () => (merger.IsDone && !IsWhatIf) || ShouldProcess(directory, action), cancellationToken).ConfigureAwait(false))
        {
            await merger.MergeAsync(Operation, cancellationToken).ConfigureAwait(false);
            ImageReference reference = await ParseAsync("dir:" + directory, cancellationToken).ConfigureAwait(false);
            await WriteLiveAsync(new OciMergedIndex(reference, list.Index, !merger.IsDone), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task MergeAsync(CancellationToken cancellationToken)
    {
        if (_destinations.Count > 1)
        {
            throw new InvalidInputException(
                ErrorIds.ConflictingDestinations,
                $"The images came with different destinations ('{_destinations[0]}', '{_destinations[1]}'); an index is written to one. "
                    + "Nothing is written.");
        }

        ImageReference first = await ParseDestinationAsync(_destinations[0], cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ImageReference> destinations = WithMoreTags(first, AdditionalTag);
        await EnsureFreeAsync(NoClobber, destinations, cancellationToken).ConfigureAwait(false);
        var trees = new List<ImageTree>();
        try
        {
            foreach (string text in _references)
            {
                ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
                trees.Add(
                    await ImageTree.OpenAsync(reference, ManifestMode.PreferMultiArch, Operation, cancellationToken).ConfigureAwait(false));
            }

            var merger = new ImageMerger(trees, new MergeOptions(Format.ToCore(), Force), Operation);
            await merger.InspectAsync(cancellationToken).ConfigureAwait(false);
            Digest expected = await merger.PredictAsync(first, cancellationToken).ConfigureAwait(false);
            ImageReference? replaced = null;
            foreach (ImageReference destination in destinations.Where(
                destination => trees.Exists(tree => InPlaceTag.IsIt(tree.Reference, destination))))
            {
                replaced ??= await FindReplacedAsync(true, destination, expected, cancellationToken).ConfigureAwait(false);
            }

            string action =
                $"Write an index of {merger.Count} images: {string.Join(", ", trees.Select(tree => $"'{tree.Reference}'").Distinct())}";
            if (await AgreesAsync(first, action, replaced, cancellationToken).ConfigureAwait(false))
            {
                await WriteImageAsync(
                    _destinations[0],
                    destinations,
                    async store => (await merger.PublishAsync(store, destinations, cancellationToken).ConfigureAwait(false))
                        .Select(image => new OciPublishedImage(image)).ToArray(),
                    cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            trees.ForEach(tree => tree.Dispose());
        }
    }
}
