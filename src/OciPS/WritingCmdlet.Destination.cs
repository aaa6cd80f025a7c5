// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Copying;
using OciPS.Images;
using OciPS.References;

namespace OciPS;

/// <content>Destinations, and the confirmation before writing.</content>
public abstract partial class WritingCmdlet
{
    private ReplacementQuestion? _question;

    /// <summary>
    /// Refuses a destination whose tag is there already. It is checked before anything is sent. Without it, the tag gets the new image, and
    /// -Verbose shows what it pointed to. What is written by its digest replaces nothing, and is not refused.
    /// </summary>
    [Parameter]
    public virtual SwitchParameter NoClobber { get; set; }

    /// <summary>
    /// Writes by digest alone: no tag is made or moved, and what is there stays. The destination names no tag then; Reference and
    /// DigestReference of the output name the digest, and Tag and Tagged are null. An OCI layout or archive lists the image without a name.
    /// A dir: folder has no tags in any case, and a docker-archive: gets an image without a name; both hold one image, which is replaced.
    /// Where a cmdlet is used without -Destination, the new image is written to the same place as the source.
    /// </summary>
    [Parameter]
    public virtual SwitchParameter NoTag { get; set; }

    /// <summary>
    /// Does not ask before the new image replaces the one that is read. Without it, that needs a confirmation, if anything would change;
    /// in a session that cannot ask, it is the error ForceRequired.
    /// </summary>
    [Parameter]
    public virtual SwitchParameter Force { get; set; }

    private protected ReplacementQuestion Question => _question ??= new ReplacementQuestion(this);

    /// <summary>Parses a destination; relative paths are relative to PowerShell's location.</summary>
    /// <exception cref="InvalidInputException">The destination cannot be written, or names a tag although -NoTag is given.</exception>
    private protected async Task<ImageReference> ParseDestinationAsync(string text, CancellationToken cancellationToken)
    {
        ImageReference destination = await InvokeAsync(
            () => ModuleSession.Current.Registries.IsConnected(text)
                ? throw ReferenceParser.NoRepository(text, text)
                : ImageReference.ParseDestination(text, this.ToFullPath, SessionState.IsDrive, NoTag),
            cancellationToken).ConfigureAwait(false);
        StoreFactory.OpenDestination(destination, ModuleSession.Current.BeginQuietly()).Dispose();
        return destination;
    }

    /// <summary>The destination of an image that is replaced in place; with -NoTag, the same place without a tag.</summary>
    /// <exception cref="InvalidInputException">The image is named by a digest or is in a tarball, so it cannot be replaced.</exception>
    private protected ImageReference GetPlace(ImageReference source)
    {
        ImageReference place = GetOutput(source);
        return place.IsUntagged || (source.Digest is null && source.Syntax.KeepsManifests)
            ? place
            : throw new InvalidInputException(
                ErrorIds.InvalidDestination, $"'{source}' itself cannot be replaced. Say with -Destination where the new image goes.");
    }

    /// <summary>The reference of an image that is not changed: with -NoTag, its digest.</summary>
    private protected ImageReference GetOutput(ImageReference source) =>
        NoTag && source.WithoutTag() is { IsUntagged: true } untagged ? untagged : source;

    /// <summary>A destination and references with more tags in the same place.</summary>
    /// <exception cref="InvalidInputException">More tags are given together with -NoTag.</exception>
    private protected IReadOnlyList<ImageReference> WithMoreTags(ImageReference destination, string[]? tags) =>
        NoTag && tags is { Length: > 0 }
        ? throw new InvalidInputException(
            ErrorIds.ConflictingParameters, "-AdditionalTag names tags, and -NoTag writes none. Leave one of them out.")
        : destination.WithMoreTags(tags);

    /// <summary>The image that an in-place write replaces; null if it does not change.</summary>
    /// <param name="isInPlace">Whether the destination is the source.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="expected">The predicted digest; null if unknown.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private protected async Task<ImageReference?> FindReplacedAsync(
        bool isInPlace, ImageReference destination, Digest? expected, CancellationToken cancellationToken) =>
        isInPlace
            && (expected is null
                || await DestinationTag.ReadAsync(destination, Operation, cancellationToken).ConfigureAwait(false) != expected)
            ? destination
            : null;

    /// <summary>Asks for confirmation as PowerShell does, and once more before an image is replaced in place.</summary>
    private protected Task<bool> AgreesAsync(
        ImageReference destination, string action, ImageReference? replaced, CancellationToken cancellationToken) =>
        InvokeAsync(() => Agrees(destination, action, replaced), cancellationToken);

    private bool Agrees(ImageReference destination, string action, ImageReference? replaced)
    {
        string target = destination.IsUntagged ? destination + " (by digest)" : destination.ToString();
        if (replaced is null)
        {
            return ShouldProcess(target, action);
        }

        if (!Force)
        {
            Question.EnsureCanAsk(replaced);
        }

        // PowerShell's own wording.
        return Question.Agrees($"Performing the operation \"{action}\" on target \"{target}\".", "Confirm", replaced, Force);
    }
}
