// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Copying;
using OciPS.Publishing;
using OciPS.References;

namespace OciPS.Commands;

/// <summary>Publishes an image in a tarball that kaniko or docker save wrote.</summary>
/// <remarks>
/// <para>
/// Takes a tarball, plain or compressed, and writes the image in it to a registry or an OCI layout. Layers that are there already are not
/// sent again, and every tag gets the same manifest. Where the tarball holds several images, -SourceTag says which.
/// </para>
/// <para>
/// The digests in the tarball's names are not trusted: all content is hashed, and every layer is checked against its diffID in the config,
/// before anything is published.
/// </para>
/// <para>
/// Registries get Docker's schema 2, OCI layouts get OCI media types, unless -Format says otherwise. An image with layers in zstd gets OCI
/// media types everywhere, since Docker's have none for those. The history of a config that has fewer entries than there are layers, as
/// kaniko writes it, is padded, and entries of a longer one are marked as empty, since registries and Docker refuse it otherwise; all else
/// in it stays to the byte.
/// </para>
/// </remarks>
/// <example>
/// <code>Publish-OciKanikoImage ./app.tar registry.example.com/team/app:1 -AdditionalTag latest</code>
/// <para>Publishes the image under two tags; emits one object for each.</para>
/// </example>
/// <example>
/// <code>Publish-OciKanikoImage -Path ./app.tar -Reference oci:images/built:1</code>
/// <para>Puts the image into an OCI layout in a folder, which is made if it is not there.</para>
/// </example>
/// <example>
/// <code>Get-Item ./*.tar | Publish-OciKanikoImage -Reference { "registry.example.com/team/$($_.BaseName):nightly" }</code>
/// <para>Publishes every tarball in a folder, each under its own name.</para>
/// </example>
/// <example>
/// <code>Publish-OciKanikoImage ./app.tar registry.example.com/team/app:1 -SourceTag example.com/app:1</code>
/// <para>Publishes one of several images in a tarball from docker save.</para>
/// </example>
/// <seealso cref="CopyOciImageCommand"/>
/// <seealso cref="RepairOciImageCommand"/>
/// <seealso cref="MergeOciManifestListCommand"/>
[Cmdlet(VerbsData.Publish, "OciKanikoImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(OciPublishedImage))]
public sealed class PublishOciKanikoImageCommand : WritingCmdlet
{
    /// <summary>The tarball.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string Path { get; set; } = string.Empty;

    /// <summary>
    /// The destination: HOST/REPO:TAG, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH:REF. Takes a scriptblock over
    /// the pipeline's item.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Destination")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public string Reference { get; set; } = string.Empty;

    /// <summary>
    /// Which image of the tarball: its tag there, app:1 for instance, or its position as @N, from 0. It may be left out where there is only
    /// one.
    /// </summary>
    [Parameter]
    public string? SourceTag { get; set; }

    /// <summary>More tags in the same repository that get the same manifest.</summary>
    [Parameter]
    public string[]? AdditionalTag { get; set; }

    /// <summary>
    /// The family of media types to write: Docker or Oci. The default is Oci in OCI layouts and archives and for layers in zstd, Docker
    /// elsewhere. Docker with layers in zstd is an error.
    /// </summary>
    [Parameter]
    [PSDefaultValue(Help = "Oci in OCI layouts and archives and for layers in zstd, Docker elsewhere")]
    public OciFormat Format { get; set; }

    private protected override Task ProcessRecordAsync(CancellationToken cancellationToken) =>
        ForItemAsync(Reference, () => PublishAsync(cancellationToken), cancellationToken);

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        string path = await InvokeAsync(() => this.ToProviderPath(Path), cancellationToken).ConfigureAwait(false);
        ImageReference first = await ParseDestinationAsync(Reference, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ImageReference> destinations = WithMoreTags(first, AdditionalTag);
        await SettleAsync(destinations, cancellationToken).ConfigureAwait(false);
        await EnsureFreeAsync(NoClobber, destinations, cancellationToken).ConfigureAwait(false);
        string image = SourceTag is null ? $"'{path}'" : $"'{SourceTag}' in '{path}'";
        string action = destinations.Count == 1
            ? $"Publish {image}"
            : $"Publish {image}, also as {string.Join(", ", destinations.Skip(1).Select(destination => destination.Tag))}";
        if (first.Digest is not null && await InvokeAsync(() => IsWhatIf, cancellationToken).ConfigureAwait(false))
        {
            await AskPublisherAsync(
                path, publisher => publisher.PredictAsync(first, Format.ToCore(), cancellationToken)).ConfigureAwait(false);
        }

        bool isInPlace = InPlaceTag.IsIt(ImageReference.InTarball(path, null), first);
        ImageReference? replaced = await FindReplacedAsync(isInPlace, first, null, cancellationToken).ConfigureAwait(false);
        if (!await AgreesAsync(first, action, replaced, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await WriteImageAsync(
            Reference,
            destinations,
            async store => (await AskPublisherAsync(
                path, publisher => publisher.PublishAsync(store, destinations, Format.ToCore(), cancellationToken)).ConfigureAwait(false))
                .Select(published => new OciPublishedImage(published)).ToArray(),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> AskPublisherAsync<T>(string path, Func<ArchivePublisher, Task<T>> work)
    {
        try
        {
            return await work(new ArchivePublisher(path, SourceTag, Operation)).ConfigureAwait(false);
        }
        catch (InvalidInputException error) when (error.ErrorId == ErrorIds.AmbiguousImage)
        {
            throw new InvalidInputException(error.ErrorId, $"{error.Message} -SourceTag takes either.", error);
        }
    }
}
