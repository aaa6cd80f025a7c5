// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Files;

namespace OciPS.Commands;

/// <content>Pipeline input: images, each processed as it arrives, or files, collected by image.</content>
public sealed partial class RemoveOciImageFileCommand
{
    private readonly PipedImages _piped = new();
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private bool _isNamed;
    private bool _hasItems;

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == InputObjectSet)
        {
            await NameImagesAsync(cancellationToken).ConfigureAwait(false);
            foreach (PSObject? item in InputObject ?? [null])
            {
                await ForItemAsync(item, () => GatherAsync(item, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        await InvokeAsync(RefuseFiles, cancellationToken).ConfigureAwait(false);

        foreach (OciReference item in Reference)
        {
            await ForItemAsync(
                item.Text,
                () => RemoveAsync(item.Text, Destination, CreateSelection(), cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override async Task EndItemsAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName != InputObjectSet)
        {
            return;
        }

        await NameImagesAsync(cancellationToken).ConfigureAwait(false);
        if (!_hasItems && Reference.Length == 0)
        {
            Log.Warning(
                "No files came from the pipeline, so that no image is written. An image that -Reference names is written all the same.");
        }

        if (_piped.ToError() is { } error)
        {
            await WriteErrorAsync(error, cancellationToken).ConfigureAwait(false);
        }

        foreach ((string reference, PipedImage piped) in _piped.Images)
        {
            await ForItemAsync(
                reference, () => RemovePipedAsync(reference, piped, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        foreach (string reference in _named.Where(reference => !_piped.Images.ContainsKey(reference)))
        {
            await ForItemAsync(
                reference, () => RemoveAsync(
                    reference,
                    Destination,
                    FileSelection.ByPath([], [], Recurse),
                    cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Records the images in -Reference, spelled as in the files from the pipeline.</summary>
    private async Task NameImagesAsync(CancellationToken cancellationToken)
    {
        foreach (OciReference item in _isNamed ? [] : Reference)
        {
            await ForItemAsync(
                item.Text,
                async () => _named.Add((await ParseAsync(item.Text, cancellationToken).ConfigureAwait(false)).ToString()),
                cancellationToken).ConfigureAwait(false);
        }

        _isNamed = true;
    }

    private Task RemovePipedAsync(string reference, PipedImage piped, CancellationToken cancellationToken) =>
        piped.HasConflict ? throw new InvalidInputException(
            ErrorIds.ConflictingDestinations, $"Files of '{reference}' came with different destinations; an image is written to one.")
        : Reference.Length > 0 && !_named.Contains(reference) ? throw new InvalidInputException(
            ErrorIds.ConflictingParameters,
            $"Files of '{reference}' came from the pipeline, and -Reference does not name that image; it is not written.")
        : RemoveAsync(reference, piped.Destination, FileSelection.ByPath(piped.Paths, [], Recurse), cancellationToken);

    // Objects that bind to -Reference arrive here as well.
    private void RefuseFiles()
    {
        if (InputObject?.FirstOrDefault(item => item?.BaseObject is OciImageFile || PipedFile.From(item) is not null) is { } file)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument(
                ErrorIds.ConflictingParameters,
                $"Files come from the pipeline, and -{ParameterSetName} says which as well. Give either files or a selection, not both.",
                file));
        }
    }

    private async Task GatherAsync(PSObject? item, CancellationToken cancellationToken)
    {
        _hasItems = true;
        if (item?.BaseObject is OciImageFile file)
        {
            _piped.Add(file.Reference, file.File.Entry.Name, file.Type, Destination);
        }
        else if (await InvokeAsync(() => PipedFile.From(item), cancellationToken).ConfigureAwait(false) is { } row)
        {
            _piped.Add(
                (await ParseAsync(row.Reference, cancellationToken).ConfigureAwait(false)).ToString(), row.FullName, row.Type, Destination);
        }
        else
        {
            _piped.Refuse(item);
        }
    }
}
