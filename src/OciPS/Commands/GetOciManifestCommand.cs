// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Commands;

/// <summary>Gets the manifest or index that a reference points to.</summary>
/// <remarks>
/// <para>
/// Reads the manifest of an image in a registry, in an OCI layout or in a tarball, as it is: where the reference points to an index of
/// several images, the index comes out, and -Platform picks manifests of it.
/// </para>
/// <para>The property RawJson has the exact text that the digest covers. What was read is checked against its digest.</para>
/// </remarks>
/// <example>
/// <code>Get-OciManifest registry.example.com/team/app:1</code>
/// <para>Shows what the tag points to: its digest, its config and its layers.</para>
/// </example>
/// <example>
/// <code>Get-OciManifest registry.example.com/team/app:1 -Platform linux/amd64</code>
/// <para>Shows the manifest for one platform.</para>
/// </example>
/// <example>
/// <code>(Get-OciManifest oci:images/app:1).Layers</code>
/// <para>Lists the layers of an image in an OCI layout on disk, base first.</para>
/// </example>
/// <example>
/// <code>'oci:images/app:1', 'registry.example.com/team/app:1' | Get-OciManifest | ForEach-Object Digest</code>
/// <para>Compares digests: two references with the same digest stand for the same image.</para>
/// </example>
/// <seealso cref="GetOciPlatformCommand"/>
/// <seealso cref="GetOciImageConfigCommand"/>
/// <seealso cref="GetOciTagCommand"/>
[Cmdlet(VerbsCommon.Get, "OciManifest")]
[OutputType(typeof(OciManifest), typeof(OciIndex))]
public sealed class GetOciManifestCommand : AsyncCmdlet
{
    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// The platforms to pick out of an index, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for
    /// all; with wildcards several may come out.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    /// <summary>
    /// What to request from a registry that may have an index or a single image. PreferMultiArch, the default, takes either as it is;
    /// RegistryDefaults asks for a single image only; NormaliseToMultiArch makes an index with one entry of a single image.
    /// </summary>
    [Parameter]
    public OciManifestMode Mode { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(
                item.Text,
                () => Platform is { Length: > 0 }
                    ? ForImagesAsync(item.Text, Platform, Mode.ToCore(), image => WriteAsync(image, cancellationToken), cancellationToken)
                    : WriteAsync(item.Text, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        ImageReference reference = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        using IImageStore store = await StoreFactory.OpenAsync(reference, Operation, cancellationToken).ConfigureAwait(false);
        ManifestContent content = await ManifestResolver.ResolveAsync(
            store, reference, Mode.ToCore(), cancellationToken).ConfigureAwait(false);
        if (MediaTypes.IsIndex(content.MediaType))
        {
            await WriteLiveAsync(
                new OciIndex(reference, ImageIndex.Parse(content, $"The index of '{reference}'")), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await WriteAsync(
                new ImageSource(ModuleSession.Current, reference, store, ManifestResolver.ParseImage(content, reference)),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(ImageSource image, CancellationToken cancellationToken)
    {
        ImageReference reference = image.ExactReference;
        object output = Mode == OciManifestMode.NormaliseToMultiArch
            ? new OciIndex(reference, ImageIndex.Parse(
                await ManifestNormaliser.ToIndexAsync(image, cancellationToken).ConfigureAwait(false), $"The index of '{reference}'"))
            : new OciManifest(reference, image.Manifest);
        await WriteLiveAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
