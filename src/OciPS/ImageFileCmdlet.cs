// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;

namespace OciPS;

/// <summary>The base of cmdlets that process files of images from the pipeline, with their content.</summary>
/// <remarks>
/// Files from Get-OciImageFile are processed while their layers are streamed. Rows that name a file by its properties are collected,
/// so that each image is read once, when the pipeline has ended.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ImageFileCmdlet : AsyncCmdlet
{
    private protected const string InputObjectSet = "InputObject";

    private readonly InputAccount _strangers = new();
    private readonly Dictionary<(string Reference, string? Platform, string? Destination), List<PipedFile>> _rows = [];

    private protected ImageFileCmdlet()
    {
    }

    /// <summary>
    /// Files of an image: what Get-OciImageFile emits, or anything with the properties Reference and FullName, as a CSV file or JSON has
    /// it. LayerDigest and Platform count too where they are there; without LayerDigest it is the file that a container sees.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [AllowNull]
    public PSObject?[] InputObject { get; set; } = [];

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (PSObject? item in InputObject ?? [null])
        {
            if (item?.BaseObject is OciImageFile file)
            {
                await ForItemAsync(file, () => ProcessFileAsync(file, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await InvokeAsync(() => Gather(item), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private protected override async Task EndProcessingAsync(CancellationToken cancellationToken)
    {
        foreach (((string reference, string? platform, string? destination), List<PipedFile> rows) in _rows)
        {
            Destination = destination;
            await ForItemAsync(
                reference,
                () => ForImagesAsync(
                    reference, platform is null ? null : [platform], ManifestMode.PreferMultiArch, image =>
                        ProcessRowsAsync(image, rows, cancellationToken), cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }

        if (_strangers.ToError() is { } error)
        {
            await WriteErrorAsync(error, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The destination of a file, which each pipeline item may set; rows are processed when all have arrived. Null for cmdlets without a
    /// destination.
    /// </summary>
    private protected virtual string? Destination
    {
        get => null;
        set
        {
        }
    }

    /// <summary>Processes one file; its errors do not stop the other files.</summary>
    private protected abstract Task ProcessFileAsync(OciImageFile file, CancellationToken cancellationToken);

    // Properties may be scripts, which run on the pipeline's thread only.
    private void Gather(PSObject? item)
    {
        if (PipedFile.From(item) is not { } row)
        {
            _strangers.Add(item);
            return;
        }

        (string, string?, string?) key = (row.Reference, row.Platform, Destination);
        if (!_rows.TryGetValue(key, out List<PipedFile>? rows))
        {
            _rows[key] = rows = [];
        }

        rows.Add(row);
    }

    private async Task ProcessRowsAsync(ImageSource image, List<PipedFile> rows, CancellationToken cancellationToken)
    {
        var found = new HashSet<PipedFile>();
        var lister = new FileLister(image, Operation);
        ILookup<string, PipedFile> ofLayers = rows.Where(row => row.LayerDigest is not null)
            .ToLookup(row => row.FullName, StringComparer.Ordinal);
        if (ofLayers.Count > 0)
        {
            await foreach (ImageFile file in lister.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                await ProcessRowAsync(
                    file,
                    [.. ofLayers[file.Entry.Name].Where(row => row.LayerDigest == file.Layer.Digest.ToString())],
                    found,
                    cancellationToken).ConfigureAwait(false);
            }
        }

        ILookup<string, PipedFile> visible = rows.Where(row => row.LayerDigest is null)
            .ToLookup(row => row.FullName, StringComparer.Ordinal);
        if (visible.Count > 0)
        {
            await foreach (ImageFile file in lister.ListFlattenedAsync(
                entry => visible.Contains(entry.Name), cancellationToken).ConfigureAwait(false))
            {
                await ProcessRowAsync(file, [.. visible[file.Entry.Name]], found, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (PipedFile row in rows.Where(row => !found.Contains(row)).Distinct())
        {
            string where = row.LayerDigest is null ? string.Empty : $" in the layer {row.LayerDigest}";
            var error = new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage, $"'{row.FullName}' is not a file in '{image.Reference}'{where}.");
            await WriteErrorAsync(ErrorRecords.Create(error, row.Reference), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ProcessRowAsync(ImageFile file, PipedFile[] rows, HashSet<PipedFile> found, CancellationToken cancellationToken)
    {
        if (rows.Length > 0)
        {
            found.UnionWith(rows);
            var output = new OciImageFile(file);
            await ForItemAsync(output, () => ProcessFileAsync(output, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }
}
