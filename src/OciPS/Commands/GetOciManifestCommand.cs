// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Manifests;
using OciPS.Operations;
using OciPS.References;

namespace OciPS.Commands;

/// <summary>Gets the manifest or index that a reference points to.</summary>
/// <remarks>
/// <para>Reads the manifest of an image in a registry, in an OCI layout or in a tarball, as it is: where the reference points to an index of several images, the index comes out.</para>
/// <para>The property RawJson has the exact text that the digest covers. What was read is checked against its digest.</para>
/// </remarks>
/// <example>
/// <code>Get-OciManifest registry.example.com/team/app:1</code>
/// <para>Shows what the tag points to: its digest, its config and its layers.</para>
/// </example>
/// <example>
/// <code>(Get-OciManifest oci:images/app:1).Layers</code>
/// <para>Lists the layers of an image in an OCI layout on disk, base first.</para>
/// </example>
/// <example>
/// <code>'oci:images/app:1', 'registry.example.com/team/app:1' | Get-OciManifest | ForEach-Object Digest</code>
/// <para>Compares digests: two references with the same digest stand for the same image.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "OciManifest")]
[OutputType(typeof(OciManifest), typeof(OciIndex))]
public sealed class GetOciManifestCommand : AsyncCmdlet
{
    /// <summary>The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG or docker-archive:PATH.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    public OciReference[] Reference { get; set; } = [];

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(
                item.Text,
                async () =>
                {
                    ImageReference reference = await ParseAsync(item.Text, cancellationToken).ConfigureAwait(false);
                    ManifestContent content = await ImageOpener.ResolveAsync(reference, Log, cancellationToken).ConfigureAwait(false);
                    await WriteLiveAsync(ToOutput(reference, content), cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static object ToOutput(ImageReference reference, ManifestContent content)
    {
        string what = $"The manifest of '{reference}'";
        return MediaTypes.IsIndex(content.MediaType) ? new OciIndex(reference, ImageIndex.Parse(content, what))
            : MediaTypes.IsManifest(content.MediaType) ? new OciManifest(reference, ImageManifest.Parse(content, what))
            : throw new InvalidContentException(
                ErrorIds.UnsupportedMediaType, $"'{reference}' has the media type '{content.MediaType}', which is neither a manifest nor an index that can be read here.");
    }
}
