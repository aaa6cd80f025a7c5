// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using OciPS.Completers;
using OciPS.Copying;
using OciPS.Images;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Commands;

/// <summary>Copies an image, or an index with all its images, from one place to another.</summary>
/// <remarks>
/// <para>
/// Copies between places of any kind: registries, OCI layouts and tarballs. Manifests keep their bytes and so their digests; blobs that the
/// destination has are not sent, blobs in the same registry are mounted there, and all others are checked against their digests on the way,
/// several at a time. The tag moves last: if anything fails, it is as it was.
/// </para>
/// <para>
/// An index is copied with all its images unless -Platform or -PlatformFilter choose some; then a new index lists those only. Attestations
/// are copied with the image that they describe. Images of schema 1 are converted to schema 2.
/// </para>
/// <para>
/// An oci-archive: is one file, and is rewritten for what is added: once, at the end of the pipeline, however many images go there. Until
/// then it is unchanged, and the objects for its images are emitted afterwards. Several processes may write to one place at once; they wait
/// for each other.
/// </para>
/// <para>
/// A digest in the destination is the expected digest of the result: if that differs, it is the error DigestMismatch, nothing is tagged,
/// and where the digest is known beforehand nothing is copied. HOST/REPO@sha256:… gets no tag, and HOST/REPO:TAG@sha256:… gets the tag if
/// the digest is right. -NoTag writes by digest, without expecting one. A copy that changes an image in its own place, with other platforms
/// for instance, asks for confirmation, unless -Force is given.
/// </para>
/// <para>
/// -Format, -Annotation, -Platform, -PlatformFilter and -Mode NormaliseToMultiArch change manifests and so digests; the property Changed
/// says whether they did. There is a warning for signatures and other referrers of a digest that changed.
/// </para>
/// </remarks>
/// <example>
/// <code>Copy-OciImage registry.example.com/team/app:1 registry.example.com/mirror/app:1</code>
/// <para>Copies an image with all its platforms within a registry.</para>
/// </example>
/// <example>
/// <code>Get-OciTag registry.example.com/team/app -Name '1*' | Copy-OciImage -Destination { "oci:backup/app:$($_.Name)" }</code>
/// <para>Copies some tags of a repository into an OCI layout.</para>
/// </example>
/// <example>
/// <code>Copy-OciImage oci:images/app:1 registry.example.com/team/app:amd64 -Platform linux/amd64, 'windows/*'</code>
/// <para>Copies some platforms. The new index lists those only.</para>
/// </example>
/// <example>
/// <code>Copy-OciImage oci:images/app:1 registry.example.com/team/app:linux -PlatformFilter { $_.OS -eq 'linux' } -Annotation @{ 'org.opencontainers.image.vendor' = 'Example' }</code>
/// <para>Copies the images that a scriptblock chooses, and adds an annotation.</para>
/// </example>
/// <example>
/// <code>Copy-OciImage registry.example.com/team/app:1 registry.example.com/mirror/app:1 -IncludeReferrer -Verbose</code>
/// <para>Copies an image with its signatures, attestations and SBOMs, and reports what it does.</para>
/// </example>
/// <example>
/// <code>$digest = (Get-OciManifest registry.example.com/team/app:1).Digest; Copy-OciImage registry.example.com/team/app:1 "registry.example.com/release/app:1@$digest"</code>
/// <para>Copies an image and sets the tag only if it is still the one that was looked at.</para>
/// </example>
/// <example>
/// <code>Copy-OciImage oci:images/app:1 registry.example.com/team/app -NoTag</code>
/// <para>Copies an image without a tag. DigestReference names the result.</para>
/// </example>
/// <example>
/// <code>Copy-OciImage dir:image oci:images/app:partial -Sparse</code>
/// <para>Copies an index some of whose images are not there, with those that are. Without -Sparse that is an error.</para>
/// </example>
/// <example>
/// <code>Get-OciContainerSource ./inputs.json | Copy-OciImage -Destination { "oci:built:$($_.Checksum.Substring(7, 12))" }</code>
/// <para>Copies what a build stage was given, each image with its manifest list.</para>
/// </example>
/// <seealso cref="GetOciTagCommand"/>
/// <seealso cref="MergeOciManifestListCommand"/>
/// <seealso cref="GetOciContainerSourceCommand"/>
/// <seealso>about_OciPS_References</seealso>
[Cmdlet(
    VerbsCommon.Copy,
    "OciImage",
    DefaultParameterSetName = InputObjectSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(OciPublishedImage))]
public sealed class CopyOciImageCommand : WritingCmdlet
{
    private const string ReferenceSet = "Reference";
    private const string InputObjectSet = "InputObject";

    private readonly List<(string Text, ManifestListCopier Copier)> _unfinished = [];
    private readonly Dictionary<ImageReference, ManifestListCopier> _listed = [];

    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// </summary>
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// Images that a build stage was given, as Get-OciContainerSource emits them. Each is copied with the manifest list that names it.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    public OciContainerSource[] InputObject { get; set; } = [];

    /// <summary>
    /// The destination: HOST/REPO:TAG, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH:REF. Takes a scriptblock over
    /// the pipeline's item.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public string Destination { get; set; } = string.Empty;

    /// <summary>
    /// What to request from a registry that may have an index or a single image. PreferMultiArch, the default, takes either as it is;
    /// RegistryDefaults asks for a single image only; NormaliseToMultiArch makes an index with one entry of a single image.
    /// </summary>
    [Parameter]
    public OciManifestMode Mode { get; set; }

    /// <summary>
    /// The platforms to copy, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all. Artifacts that
    /// have no platform are copied in any case.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    /// <summary>
    /// A scriptblock that runs for each image of an index, with its OciPlatform as $_; images for which it returns true are copied. It does
    /// not run for a single image, nor for artifacts that have no platform.
    /// </summary>
    [Parameter]
    public ScriptBlock? PlatformFilter { get; set; }

    /// <summary>
    /// Annotations to add to the manifest of each image and to the index. Those that are there already with the same value change nothing.
    /// </summary>
    [Parameter]
    public IDictionary? Annotation { get; set; }

    /// <summary>
    /// The family of media types to write. Keep, the default, leaves manifests as they are; Oci and Docker convert them, with config and
    /// layers as they are. Docker's types have none for layers in zstd: images with such layers are refused there.
    /// </summary>
    [Parameter]
    public OciFormat Format { get; set; }

    /// <summary>
    /// Copies the referrers of the image as well, and the tags of cosign's signatures, attestations and SBOMs; those tags are written with
    /// -NoTag too, since signatures are found by them.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeReferrer { get; set; }

    /// <summary>
    /// Copies an index, or a manifest list, some of whose images are not there, as it is, with those that are. Takes a destination that
    /// keeps manifests as they are; a registry may refuse such an index.
    /// </summary>
    [Parameter]
    public SwitchParameter Sparse { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(item.Text, () => CopyAsync(item.Text, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        foreach (OciContainerSource item in InputObject)
        {
            await ForItemAsync(
                item,
                () => item.ManifestList is null ? CopyAsync(item.Reference, cancellationToken) : CopyWithListAsync(item, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override async Task EndItemsAsync(CancellationToken cancellationToken)
    {
        foreach ((string text, ManifestListCopier copier) in _unfinished)
        {
            await ForItemAsync(
                text,
                () => WriteImageAsync(
                    text, [copier.Destination], async store => [new OciPublishedImage(
                        await copier.FinishAsync(store, cancellationToken).ConfigureAwait(false))], cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override async Task EndWritingAsync(CancellationToken cancellationToken)
    {
        foreach (ManifestListCopier copier in _listed.Values)
        {
            await ForItemAsync(
                copier.Destination.ToString(),
                () => WarnAboutMissingAsync(copier, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WarnAboutMissingAsync(ManifestListCopier copier, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> missing = await copier.FindMissingAsync(cancellationToken).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            Log.Warning(
                $"The manifest list of '{copier.Destination}' names images that are not there: {string.Join(", ", missing)}. With -Sparse "
                    + "that is no warning.");
        }
    }

    private async Task CopyWithListAsync(OciContainerSource item, CancellationToken cancellationToken)
    {
        string[] changing = [nameof(Mode), nameof(Platform), nameof(PlatformFilter), nameof(Annotation), nameof(Format)];
        if (Array.Find(changing, MyInvocation.BoundParameters.ContainsKey) is { } given)
        {
            throw new InvalidInputException(
                ErrorIds.ConflictingParameters,
                $"'{item.Reference}' is copied with its manifest list '{item.ManifestList}', whose bytes stay as they are; -{given} would "
                    + "change them.");
        }

        ImageReference destination = await ParseDestinationAsync(Destination, cancellationToken).ConfigureAwait(false);
        await SettleAsync([destination], cancellationToken).ConfigureAwait(false);
        bool isOfThisRun = _listed.ContainsKey(destination) || _unfinished.Exists(item => item.Copier.Destination == destination);
        await EnsureFreeAsync(NoClobber && !isOfThisRun, [destination], cancellationToken).ConfigureAwait(false);
        ImageReference source = await ParseAsync(item.Reference, cancellationToken).ConfigureAwait(false);
        ManifestListFile list = await ManifestListFile.ReadAsync(item.ManifestList!, cancellationToken).ConfigureAwait(false);
        Digest expected = ExpectedDigest.Check(destination, list).Digest;
        bool isInPlace = InPlaceTag.IsIt(source, destination);
        ImageReference? replaced = await FindReplacedAsync(
            isInPlace, destination, expected, cancellationToken).ConfigureAwait(false);
        string action = $"Copy '{item.Reference}' with the manifest list '{item.ManifestList}'";
        if (!await AgreesAsync(destination, action, replaced, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await WriteImageAsync(
            item,
            [destination],
            write: store => CopyWithListAsync(store, item, source, destination, cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<object>> CopyWithListAsync(
        IImageStore store, OciContainerSource item, ImageReference source, ImageReference destination, CancellationToken cancellationToken)
    {
        var copier = new ManifestListCopier(item.Source, destination, Operation);
        if (await copier.CopyAsync(store, source, cancellationToken).ConfigureAwait(false) is not { } published)
        {
            _unfinished.Add((item.Reference, copier));
            return [];
        }

        if (!Sparse)
        {
            _listed[published.Reference] = copier;
        }

        return [new OciPublishedImage(published)];
    }

    private async Task CopyAsync(string text, CancellationToken cancellationToken)
    {
        PlatformSelection platforms = PlatformFilters.Create(Platform, PlatformFilter, InvokeAsync) with { KeepsMissing = Sparse };
        ImageReference source = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        ImageReference destination = await ParseDestinationAsync(Destination, cancellationToken).ConfigureAwait(false);
        await SettleAsync([source, destination], cancellationToken).ConfigureAwait(false);
        bool isInPlace = InPlaceTag.IsIt(source, destination);
        if (destination == source)
        {
            destination = await InPlaceTag.NameTagAsync(source, Operation, cancellationToken).ConfigureAwait(false);
        }

        await EnsureFreeAsync(NoClobber, [destination], cancellationToken).ConfigureAwait(false);
        using ImageTree tree = await ImageTree.OpenAsync(source, Mode.ToCore(), Operation, cancellationToken).ConfigureAwait(false);
        IReadOnlySet<ImageNode> kept = await platforms.SelectAsync(tree, Operation, cancellationToken).ConfigureAwait(false);
        if (Format.ToCore() is { } format && destination.Syntax.KeepsManifests)
        {
            FormatRule.EnsurePossible(tree, kept, format);
        }

        var options = new WriteOptions
        {
            Mode = Mode.ToCore(),
            Format = Format.ToCore(),
            Annotations = await InvokeAsync(() => PlatformFilters.ToAnnotations(Annotation), cancellationToken).ConfigureAwait(false),
            Attestations = AttestationRule.Follow,
        };
        var copier = new ImageCopier(tree, kept, options, Operation);
        Digest? expected = isInPlace || destination.Digest is not null
            ? await copier.PredictAsync(destination, cancellationToken).ConfigureAwait(false)
            : null;
        ImageReference? replaced = await FindReplacedAsync(isInPlace, destination, expected, cancellationToken).ConfigureAwait(false);
        if (!await AgreesAsync(destination, Describe(source, tree, kept), replaced, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await WriteImageAsync(
            text,
            [destination],
            async store =>
                [new OciPublishedImage(
                    await copier.CopyAsync(store, destination, IncludeReferrer, cancellationToken).ConfigureAwait(false))],
            cancellationToken).ConfigureAwait(false);
        if (kept.OfType<MissingNode>().ToArray() is { Length: > 0 } missing)
        {
            Log.Verbose(
                $"'{destination}' lists images that are not there, as '{source}' does: "
                    + $"{string.Join(", ", missing.Select(node => node.Entry.DisplayName()))}.");
        }
    }

    private static string Describe(ImageReference source, ImageTree tree, IReadOnlySet<ImageNode> kept) => tree.Root is IndexNode
        ? $"Copy '{source}' ({tree.Images.Count(kept.Contains)} of {tree.Images.Count + tree.Root.All.Count(node => node is MissingNode)} "
            + "images)"
        : $"Copy '{source}'";
}
