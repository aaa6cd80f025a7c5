// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using OciPS.Completers;

namespace OciPS.Commands;

/// <summary>Removes files from every layer of an image, so that no blob has their content any more.</summary>
/// <remarks>
/// <para>
/// Writes a new image without the files: they are in none of its layers, not merely hidden by a whiteout. Only layers that have a match, or
/// a hard link to one, are rewritten, and in those all other entries stay to the byte; all other layers, and everything else in the
/// manifest and the config, stay as they are.
/// </para>
/// <para>
/// The files are given by path, by a scriptblock, or as objects from the pipeline; a file from the pipeline stands for its path in all
/// layers. In the pipeline files are gathered per image, and each image is written once, at the end.
/// </para>
/// <para>
/// A hard link to a removed file takes over its content, so that the link still works; there is a warning, and PromotedFiles lists it.
/// Remove both if the content has to be removed.
/// </para>
/// <para>
/// Of an index, all images are processed unless -Platform or -PlatformFilter choose some, and then only those are kept; a layer that
/// several of them share is processed once. Layers that are no tar, or are not where the image is (foreign ones), stay unread: a warning
/// and UnreadLayers name them. An artifact that is no container image, a chart for instance, cannot be rewritten: where something in it
/// matches, that is the error UnsupportedImage. Attestations of images that change are left out, unless -KeepAttestation is given.
/// </para>
/// <para>
/// All layers are read before anything is written. -WhatIf lists files, layers and bytes, and writes nothing. The tag moves last: if
/// anything fails, the destination's tag is as it was. The old image can still be read by its digest until it is deleted or collected
/// there.
/// </para>
/// </remarks>
/// <example>
/// <code>Remove-OciImageFile registry.example.com/team/app:1 -Path '*.key', 'root/.ssh/*' -Destination registry.example.com/team/app:clean</code>
/// <para>Writes an image without keys, under another tag.</para>
/// </example>
/// <example>
/// <code>Remove-OciImageFile oci:images/app:1 -LiteralPath usr/share/doc -Recurse -Force</code>
/// <para>
/// Removes a folder with all that is below it. Without -Destination the tag itself gets the new image; -Force confirms that.
/// </para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Path 'etc/*' | Where-Object { $_.ReadAllText() -match 'BEGIN .*PRIVATE KEY' } | Remove-OciImageFile -Destination oci:images/app:clean</code>
/// <para>Removes the files in which there is a private key.</para>
/// </example>
/// <example>
/// <code>Remove-OciImageFile oci:images/app:1 -FilterScript { $_.Size -gt 100MB } -Destination oci:images/app:small -WhatIf</code>
/// <para>Shows what would be removed by a scriptblock.</para>
/// </example>
/// <seealso cref="GetOciImageFileCommand"/>
/// <seealso cref="SelectOciFileStringCommand"/>
/// <seealso cref="CompareOciImageCommand"/>
/// <seealso>about_OciPS_Errors</seealso>
[Cmdlet(
    VerbsCommon.Remove,
    "OciImageFile",
    DefaultParameterSetName = InputObjectSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(OciRewrittenImage))]
public sealed partial class RemoveOciImageFileCommand : WritingCmdlet
{
    private const string InputObjectSet = "InputObject";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string FilterSet = "Filter";

    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH. Beside files
    /// from the pipeline it is not needed; an image that is named then is written even if none of its files comes.
    /// </summary>
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = LiteralPathSet)]
    [Parameter(
        Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = FilterSet)]
    [Parameter(Position = 0, ParameterSetName = InputObjectSet)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// Files of images: what Get-OciImageFile emits, or anything with the properties Reference and FullName, as a CSV file or JSON has it.
    /// Each stands for its path, in all layers of its image.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [AllowEmptyCollection]
    [AllowNull]
    [Parameter(ValueFromPipeline = true, ParameterSetName = PathSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = LiteralPathSet)]
    [Parameter(ValueFromPipeline = true, ParameterSetName = FilterSet)]
    public PSObject?[]? InputObject { get; set; } = [];

    /// <summary>
    /// Paths in the image, with PowerShell's wildcards, case-sensitive; they cross slashes. A slash or ./ at the beginning makes no
    /// difference. Wildcards that match nothing are no error; a path without any is meant literally, as with -LiteralPath.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PathSet)]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>
    /// Paths in the image as they are, without wildcards. Where one is not there, or is a directory and -Recurse is not given, that is an
    /// error, and the image is not written. An empty list removes nothing.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// A scriptblock that runs for every entry, as $_, with its content available; entries for which it returns true are removed. If it
    /// fails for one, the image is not written. It sees directories with -Recurse only, whiteouts never.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = FilterSet)]
    public ScriptBlock? FilterScript { get; set; }

    /// <summary>
    /// The destination: HOST/REPO:TAG, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH:REF. Takes a scriptblock over
    /// the pipeline's item. Without it, the reference itself gets the new image.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public string? Destination { get; set; }

    /// <summary>Removes directories too, with all that is below them.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>
    /// Lets an image be written that does not have all the paths that were given literally, or that came from the pipeline, and says
    /// nothing about them: one list for many images. A directory without -Recurse is there, and stays an error.
    /// </summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = InputObjectSet)]
    public SwitchParameter IgnoreMissing { get; set; }

    /// <summary>
    /// Recompresses layers that change as a whole. Without it, the compressed blocks of a gzip layer that hold no removed bytes stay as
    /// they are, which takes a tenth of the time. Such blocks keep their Huffman tables, which were made with the removed bytes in view:
    /// they tell how often bytes occurred in a block, and no content. So do the frames of a zstd layer that has several. Layers in bzip2
    /// and xz, and zstd of one frame, are recompressed in any case.
    /// </summary>
    [Parameter]
    public SwitchParameter Recompress { get; set; }

    /// <summary>
    /// Keeps attestations of images that change, and lets them name the changed image. Without it they are left out, since what they say is
    /// no longer true.
    /// </summary>
    [Parameter]
    public SwitchParameter KeepAttestation { get; set; }

    /// <summary>
    /// What to request from a registry that may have an index or a single image. PreferMultiArch, the default, takes either as it is;
    /// RegistryDefaults asks for a single image only; NormaliseToMultiArch makes an index with one entry of a single image.
    /// </summary>
    [Parameter]
    public OciManifestMode Mode { get; set; }

    /// <summary>
    /// The platforms that the new image has, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all.
    /// Without it, all stay and all are worked on.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    /// <summary>
    /// A scriptblock that runs for each image of an index, with its OciPlatform as $_; images for which it returns true are kept and
    /// processed. It does not run for a single image, nor for artifacts that have no platform.
    /// </summary>
    [Parameter]
    public ScriptBlock? PlatformFilter { get; set; }

    /// <summary>
    /// Annotations to add to the manifest of each image and to the index. Those that are there already with the same value change nothing.
    /// </summary>
    [Parameter]
    public IDictionary? Annotation { get; set; }
}
