// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Copying;
using OciPS.Files;
using OciPS.Images;
using OciPS.References;
using OciPS.Removal;

namespace OciPS.Commands;

/// <content>The work on one image: selection, confirmation and writing.</content>
public sealed partial class RemoveOciImageFileCommand
{
    private async Task RemoveAsync(string text, string? destinationText, FileSelection selection, CancellationToken cancellationToken)
    {
        PlatformSelection platforms = PlatformFilters.Create(Platform, PlatformFilter, InvokeAsync);
        ImageReference source = await ParseAsync(text, cancellationToken).ConfigureAwait(false);
        ImageReference destination = destinationText is null
            ? GetPlace(source)
            : await ParseDestinationAsync(destinationText, cancellationToken).ConfigureAwait(false);
        await SettleAsync([source, destination], cancellationToken).ConfigureAwait(false);
        bool isInPlace = InPlaceTag.IsIt(source, destination);
        if (isInPlace && !Force)
        {
            await InvokeAsync(() => Question.EnsureCanAsk(destination), cancellationToken).ConfigureAwait(false);
        }

        if (destination == source)
        {
            source = destination = await InPlaceTag.NameTagAsync(source, Operation, cancellationToken).ConfigureAwait(false);
        }

        await EnsureFreeAsync(NoClobber, [destination], cancellationToken).ConfigureAwait(false);
        using ImageTree tree = await ImageTree.OpenAsync(source, Mode.ToCore(), Operation, cancellationToken).ConfigureAwait(false);
        IReadOnlySet<ImageNode> kept = await platforms.SelectAsync(tree, Operation, cancellationToken).ConfigureAwait(false);
        using FileRemover remover = await FileRemover.ScanAsync(tree, kept, selection, Operation, cancellationToken).ConfigureAwait(false);
        OciException[] errors = [.. RemovalTexts.Errors(selection, remover, source, IgnoreMissing)];
        foreach (OciException error in errors)
        {
            await WriteErrorAsync(ErrorRecords.Create(error, text), cancellationToken).ConfigureAwait(false);
        }

        if (errors.Length > 0)
        {
            return;
        }

        var options = new WriteOptions
        {
            Mode = Mode.ToCore(),
            Annotations = await InvokeAsync(() => PlatformFilters.ToAnnotations(Annotation), cancellationToken).ConfigureAwait(false),
            Attestations = KeepAttestation ? AttestationRule.Follow : AttestationRule.Drop,
            Recompress = Recompress,
        };
        Digest? expected = await remover.PredictAsync(destination, options, cancellationToken).ConfigureAwait(false);
        ImageReference? replaced = await FindReplacedAsync(isInPlace, destination, expected, cancellationToken).ConfigureAwait(false);
        string plan = RemovalTexts.Describe(source, destination, remover, expected, KeepAttestation);
        if (!await InvokeAsync(
            () => Question.Agrees(plan, "Remove files from an image", replaced, Force), cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        foreach (string warning in remover.Images.SelectMany(image => image.Plan.Warnings).Distinct())
        {
            Log.Warning(warning);
        }

        await WriteImageAsync(
            text,
            [destination],
            async store =>
                [new OciRewrittenImage(await remover.PublishAsync(store, destination, options, cancellationToken).ConfigureAwait(false))],
            cancellationToken).ConfigureAwait(false);
    }

    private FileSelection CreateSelection()
    {
        if (FilterScript is { } script)
        {
            return FileSelection.ByFilter(
                (file, token) => new ValueTask<bool>(InvokeAsync(() => Ask(script, file, token), token)), Recurse);
        }

        PathPatterns patterns = ParameterSetName == LiteralPathSet
            ? PathPatterns.FromLiterals(LiteralPath)
            : PathPatterns.FromWildcards(Path);
        return FileSelection.ByPath(patterns.Literals, patterns.Patterns, Recurse);
    }

    private static bool Ask(ScriptBlock script, ImageFile file, CancellationToken cancellationToken)
    {
        var output = new OciImageFile(file);
        using (file.Lend(cancellationToken))
        {
            return FilterScripts.Ask(script, output, output.FullName);
        }
    }
}
