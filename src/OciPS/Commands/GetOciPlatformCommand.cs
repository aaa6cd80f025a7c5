// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Commands;

/// <summary>Gets the platforms of an image.</summary>
/// <remarks>
/// <para>
/// Emits an object for each image: one for a single image, and for an index one for each entry that is an image, including those of nested
/// indexes. Attestations are not images.
/// </para>
/// <para>
/// The platform in an index is completed by that in the image's config; where they differ, the config counts. The property Reference names
/// the image by its digest.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciPlatform registry.example.com/team/app:1</code>
/// <para>Lists the platforms of an image.</para>
/// </example>
/// <example>
/// <code>Get-OciPlatform registry.example.com/team/app:1 -Platform 'linux/*' | Get-OciImageConfig</code>
/// <para>Reads the config of each image for Linux.</para>
/// </example>
/// <example>
/// <code>Get-OciTag oci:images/app | Get-OciPlatform | Where-Object Architecture -eq arm64</code>
/// <para>Finds images for a processor in all tags of a layout.</para>
/// </example>
/// <seealso cref="GetOciManifestCommand"/>
/// <seealso cref="GetOciImageConfigCommand"/>
[Cmdlet(VerbsCommon.Get, "OciPlatform")]
[OutputType(typeof(OciPlatform))]
public sealed class GetOciPlatformCommand : AsyncCmdlet
{
    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// The platforms to emit, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all. Without it,
    /// all are emitted.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(item.Text, () => ListAsync(item.Text, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<PlatformPattern> patterns = PlatformPatterns.Parse(Platform);
        ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        using ImageTree tree = await ImageTree.OpenAsync(
            reference, ManifestMode.PreferMultiArch, Operation, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(ImageNode Image, Platform? Platform)> images =
            await PlatformReader.ReadAllAsync(tree, cancellationToken).ConfigureAwait(false);
        HashSet<ImageNode> chosen = patterns.SelectMany(pattern => pattern.Select(images, image => image.Platform))
            .Select(image => image.Image)
            .ToHashSet();
        if (patterns.Count > 0 && chosen.Count == 0)
        {
            throw PlatformSelection.NotFound(reference, $"for {string.Join(", ", patterns)}", images.Select(image => image.Platform));
        }

        foreach ((ImageNode image, Platform? platform) in images.Where(image => patterns.Count == 0 || chosen.Contains(image.Image)))
        {
            if (image is MissingNode missing)
            {
                await WriteErrorAsync(ErrorRecords.Create(missing.Error, text), cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (platform is null)
            {
                Log.Verbose($"'{reference with { Digest = image.Digest }}' is an artifact, which has no platform.");
                continue;
            }

            await WriteLiveAsync(
                new OciPlatform(reference with { Digest = image.Digest }, platform), cancellationToken).ConfigureAwait(false);
        }
    }
}
