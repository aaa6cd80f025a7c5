// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Export;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Commands;

/// <summary>Writes the layers of an image, as they are, into one tar.</summary>
/// <remarks>
/// <para>
/// Makes a tar of an image's blobs: its config first, then its layers, base first. Each blob is a member named after its digest, as in
/// sha256:….tar, and has the very bytes that the registry has, which are mostly compressed: nothing is unpacked. A blob that the image has
/// several times is written once. A virus scanner or an archive can be fed with that.
/// </para>
/// <para>
/// With -DestinationPath the tar goes to a file, which is there when all of it has been written and checked; a file that is there already
/// is replaced then, and stays as it was if anything fails. Where the path is a folder, the file in it is named after the manifest's
/// digest, as in sha256-….tar, so that many images can be exported at once.
/// </para>
/// <para>
/// With -AsByteStream the tar goes to the next command as it is read, in arrays of bytes, which a native command gets as they are. A blob
/// that turns out to be wrong is found at its end, when the next command has read most of it; the tar then has no end. A native command
/// that stops reading before the end is the error ReaderLeft: PowerShell ends that command and loses its exit code, so that nobody should
/// rely on what it said. A stream takes one image, since a reader of a tar stops at its end. Redirecting it with &gt; would write text: use
/// -DestinationPath.
/// </para>
/// <para>The same image gives the same bytes. Foreign layers, which need not be in the registry, are left out with a warning.</para>
/// </remarks>
/// <example>
/// <code>Export-OciImageLayer registry.example.com/team/app:1 -DestinationPath ./app-layers.tar</code>
/// <para>Writes the config and the layers of an image in a registry to a file.</para>
/// </example>
/// <example>
/// <code>Export-OciImageLayer oci:images/app:1 -AsByteStream -ExcludeConfig | tar -tvf -</code>
/// <para>Pipes the layers to a native command, here one that lists them.</para>
/// </example>
/// <example>
/// <code>'oci:images/app:1', 'registry.example.com/team/app:1' | Export-OciImageLayer -DestinationPath .</code>
/// <para>Writes a file for each image into the current folder, named after the digest of its manifest.</para>
/// </example>
/// <seealso cref="ExportOciImageFileCommand"/>
/// <seealso cref="GetOciManifestCommand"/>
[Cmdlet(VerbsData.Export, "OciImageLayer", DefaultParameterSetName = DestinationPathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo), ParameterSetName = [DestinationPathSet])]
[OutputType(typeof(byte[]), ParameterSetName = [AsByteStreamSet])]
public sealed class ExportOciImageLayerCommand : AsyncCmdlet
{
    private const string DestinationPathSet = "DestinationPath";
    private const string AsByteStreamSet = "AsByteStream";

    private readonly ExportTargets _targets = new();

    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH. Of an index the
    /// image for Linux and this machine's architecture is read, else the only one there is, unless -Platform picks others.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// The file to write, or a folder that is there: the file in it is named after the manifest's digest. Takes a scriptblock over the
    /// pipeline's item.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = DestinationPathSet)]
    public string DestinationPath { get; set; } = string.Empty;

    /// <summary>Writes the tar's bytes to the pipeline, for a native command.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AsByteStreamSet)]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>Leaves the config out, so that all members are layers.</summary>
    [Parameter]
    public SwitchParameter ExcludeConfig { get; set; }

    /// <summary>
    /// The platforms to read of an index, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all;
    /// with wildcards several may be exported, each to a file of its own.
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
                    item.Text,
                    Platform,
                    ManifestMode.PreferMultiArch,
                    image => ExportAsync(item.Text, image, cancellationToken),
                    cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ExportAsync(string text, ImageSource image, CancellationToken cancellationToken)
    {
        var exporter = new LayerExporter(image, ExcludeConfig, Operation);
        if (ParameterSetName == DestinationPathSet)
        {
            await ExportToFileAsync(exporter, image, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ExportToPipelineAsync(exporter, image, text, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ExportToFileAsync(LayerExporter exporter, ImageSource image, CancellationToken cancellationToken)
    {
        string path = await InvokeAsync(() => FindTarget(image.Manifest.Content.Digest), cancellationToken).ConfigureAwait(false);
        ExportTargets.Target target = _targets.Claim($"'{path}'", image);
        if (!target.IsWritten)
        {
            if (!await InvokeAsync(
                () => ShouldProcess(path, $"Export the layers of '{image.Reference}'"), cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            await exporter.ExportAsync(path, cancellationToken).ConfigureAwait(false);
            target.IsWritten = true;
        }

        await InvokeAsync(() => WriteObject(this.FindItem(path), enumerateCollection: true), cancellationToken).ConfigureAwait(false);
    }

    private async Task ExportToPipelineAsync(LayerExporter exporter, ImageSource image, string text, CancellationToken cancellationToken)
    {
        ExportTargets.Target target = _targets.Claim("the byte stream", image);
        if (target.IsWritten
            || !await InvokeAsync(
                () => ShouldProcess("The byte stream", $"Export the layers of '{image.Reference}'"),
                cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        target.IsWritten = true;
        using var output = new ByteArrayStream((bytes, token) => InvokeAsync(() => WriteBytes(bytes, text), token));
        await exporter.ExportAsync(output, cancellationToken).ConfigureAwait(false);
    }

    // Errors of downstream cmdlets are wrapped; this one comes from the closed input of a native command. PowerShell has already ended that
    // command and lost its exit code, and continuing would wait for its output for ever.
    private void WriteBytes(byte[] bytes, string text)
    {
        try
        {
            WriteObject(bytes, enumerateCollection: false);
        }
        catch (IOException error)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                new StorageException(
                    ErrorIds.ReaderLeft,
                    $"The next command stopped reading before the end of the tar ({error.Message}), and so its output and exit code may "
                        + "be lost. Where a command is to read a part only, write a file with -DestinationPath and give it that.",
                    error),
                text));
        }
    }

    private string FindTarget(Digest manifest)
    {
        string path = this.ToProviderPath(DestinationPath);
        string target = FileReplacement.Resolve(
            Directory.Exists(path) ? Path.Combine(path, $"{manifest.Algorithm}-{manifest.Hex}.tar") : path);
        return this.FindItem(target).Any(SessionPaths.IsSpecial)
            ? throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{target}' is a device or a pipe, which no file can replace. Use -AsByteStream to feed another command.")
            : target;
    }
}
