// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Images;
using OciPS.Manifests;

namespace OciPS.Commands;

/// <summary>Gets the config of an image: labels, environment, entry point, history and more.</summary>
/// <remarks>
/// <para>Reads the config of an image. The property RawJson has the exact text that its digest covers.</para>
/// <para>
/// Of an index the image for Linux and this machine's architecture is read, else the only one there is; -Platform picks others.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciImageConfig registry.example.com/team/app:1</code>
/// <para>Shows how an image is run and when it was built.</para>
/// </example>
/// <example>
/// <code>(Get-OciImageConfig oci:images/app:1).History | ForEach-Object CreatedBy</code>
/// <para>Lists the commands that built the image.</para>
/// </example>
/// <example>
/// <code>Get-OciTag registry.example.com/team/app | Get-OciImageConfig | Where-Object { -not $_.Labels['org.opencontainers.image.source'] }</code>
/// <para>Finds images that do not say where their source is.</para>
/// </example>
/// <seealso cref="GetOciManifestCommand"/>
/// <seealso cref="GetOciPlatformCommand"/>
/// <seealso cref="RepairOciImageCommand"/>
[Cmdlet(VerbsCommon.Get, "OciImageConfig")]
[OutputType(typeof(OciImageConfig))]
public sealed class GetOciImageConfigCommand : AsyncCmdlet
{
    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// The platforms to read of an index, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all;
    /// with wildcards several may come out.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(
                item.Text,
                () => ForImagesAsync(
                    item.Text, Platform, ManifestMode.PreferMultiArch, image => WriteAsync(image, cancellationToken), cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(ImageSource image, CancellationToken cancellationToken)
    {
        ImageConfig config = await image.ReadConfigAsync(cancellationToken).ConfigureAwait(false);
        await WriteLiveAsync(new OciImageConfig(image, config), cancellationToken).ConfigureAwait(false);
    }
}
