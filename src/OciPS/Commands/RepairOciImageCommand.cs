// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Repair;

namespace OciPS.Commands;

/// <summary>Repairs the config of an image that registries or Docker refuse.</summary>
/// <remarks>
/// <para>
/// Some builders write configs with fewer or more history entries than the image has layers, and Docker and some registries refuse those. A
/// history that is too short is padded with copies of its first entry that stands for a layer; where there is none, with one that says so.
/// In one that is too long, entries are marked as empty: those of instructions that make no layer first, then the last ones. All else in
/// the config stays to the byte. The image gets a new config, a new manifest and the same tag, or the one that -Destination names. Of an
/// index, every image is repaired.
/// </para>
/// <para>With -Deep the layers are read as well, and diffIDs that are missing or wrong are corrected.</para>
/// <para>
/// An image that needs no repair is emitted as it is, with Changed false, and nothing is written; with -Destination it is copied there as
/// it is.
/// </para>
/// <para>Replacing an image in its own place asks for confirmation, unless -Force is given.</para>
/// </remarks>
/// <example>
/// <code>Repair-OciImage registry.example.com/team/app:1 -Force</code>
/// <para>Repairs an image in its place; -Force confirms that. DigestReference names the result.</para>
/// </example>
/// <example>
/// <code>Repair-OciImage oci:images/app:1 -Destination oci:images/app:repaired -Deep</code>
/// <para>Repairs an image under another tag, and computes its diffIDs out of the layers.</para>
/// </example>
/// <example>
/// <code>Get-OciTag registry.example.com/team/app | Repair-OciImage -Force | Where-Object Changed</code>
/// <para>Repairs all images of a repository, and shows which were broken.</para>
/// </example>
/// <seealso cref="GetOciImageConfigCommand"/>
/// <seealso cref="PublishOciKanikoImageCommand"/>
[Cmdlet(VerbsDiagnostic.Repair, "OciImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(OciPublishedImage))]
public sealed class RepairOciImageCommand : WritingCmdlet
{
    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// The destination: HOST/REPO:TAG, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH:REF. Takes a scriptblock over
    /// the pipeline's item. Without it, the reference itself gets the repaired image.
    /// </summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public string? Destination { get; set; }

    /// <summary>Reads all layers, and corrects diffIDs that are missing or wrong.</summary>
    [Parameter]
    public SwitchParameter Deep { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(item.Text, () => RepairAsync(item.Text, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RepairAsync(string text, CancellationToken cancellationToken)
    {
        ImageReference source = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        ImageReference? given = Destination is null
            ? null
            : await ParseDestinationAsync(Destination, cancellationToken).ConfigureAwait(false);
        await SettleAsync(given is null ? [source] : [source, given], cancellationToken).ConfigureAwait(false);
        using ImageTree tree = await ImageTree.OpenAsync(
            source, ManifestMode.PreferMultiArch, Operation, cancellationToken).ConfigureAwait(false);
        var repairer = new ImageRepairer(tree, Operation);
        await repairer.InspectAsync(Deep, cancellationToken).ConfigureAwait(false);
        await (repairer.IsNeeded || (given is not null && given != source)
            ? WriteAsync(text, source, given ?? GetPlace(source), repairer, cancellationToken)
            : LeaveAsync(GetOutput(source), tree, repairer, cancellationToken)).ConfigureAwait(false);
    }

    private async Task LeaveAsync(ImageReference image, ImageTree tree, ImageRepairer repairer, CancellationToken cancellationToken)
    {
        string why = repairer.LeavesDiffIds ? "since only -Deep repairs its diffIDs" : "since it needs no repair";
        string action = $"Leave the image as it is, {why}";
        if (!await InvokeAsync(
            () => IsWhatIf && !ShouldProcess(tree.Reference.ToString(), action), cancellationToken).ConfigureAwait(false))
        {
            await WriteLiveAsync(
                new OciPublishedImage(new PublishedImage(image, tree.Content, Changed: false, 0, 0)),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(
        string text, ImageReference source, ImageReference place, ImageRepairer repairer, CancellationToken cancellationToken)
    {
        bool isInPlace = InPlaceTag.IsIt(source, place);
        ImageReference destination = place == source
            ? await InPlaceTag.NameTagAsync(source, Operation, cancellationToken).ConfigureAwait(false)
            : place;
        await EnsureFreeAsync(NoClobber, [destination], cancellationToken).ConfigureAwait(false);
        Digest? expected = isInPlace || destination.Digest is not null
            ? await repairer.PredictAsync(destination, cancellationToken).ConfigureAwait(false)
            : null;
        ImageReference? replaced = await FindReplacedAsync(isInPlace, destination, expected, cancellationToken).ConfigureAwait(false);
        string action = repairer.IsNeeded ? $"Write '{source}' with a repaired config: {string.Join("; ", repairer.Changes)}"
            : repairer.LeavesDiffIds ? $"Copy '{source}' as it is; only -Deep repairs its diffIDs"
            : $"Copy '{source}', which needs no repair";
        if (await AgreesAsync(destination, action, replaced, cancellationToken).ConfigureAwait(false))
        {
            await WriteImageAsync(
                text,
                [destination],
                async store =>
                    [new OciPublishedImage(await repairer.PublishAsync(store, destination, cancellationToken).ConfigureAwait(false))],
                cancellationToken).ConfigureAwait(false);
        }
    }
}
