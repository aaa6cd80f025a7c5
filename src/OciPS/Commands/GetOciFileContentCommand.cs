// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.Completers;
using OciPS.Files;
using OciPS.Images;
using OciPS.IO;
using OciPS.Manifests;
using OciPS.Provider;

namespace OciPS.Commands;

/// <summary>Gets the content of files in an image: lines, text or bytes.</summary>
/// <remarks>
/// <para>
/// Takes the files that Get-OciImageFile emits and reads their content while the layer streams by. With -Reference and -LiteralPath it
/// reads what a container would read: the file that the topmost layer has, through symbolic links.
/// </para>
/// <para>
/// Lines come out as they are read, and no more is read than is asked for: Select-Object -First and -TotalCount stop early. Text is UTF-8
/// unless a byte order mark or -Encoding says something else.
/// </para>
/// <para>
/// It calls no methods, so that it works under ConstrainedLanguage too. Rows with the properties Reference and FullName, as Import-Csv
/// makes them, are read when the pipeline has ended, each image once.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciFileContent registry.example.com/team/app:1 /etc/os-release</code>
/// <para>Shows a file as a container sees it. The path may be that of a symbolic link.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Path 'etc/*.conf' | Get-OciFileContent -TotalCount 5</code>
/// <para>Shows the first five lines of each file.</para>
/// </example>
/// <example>
/// <code>(Get-OciFileContent oci:images/app:1 etc/os-release -Raw | ConvertFrom-StringData).NAME</code>
/// <para>Reads a file as one text.</para>
/// </example>
/// <example>
/// <code>Get-OciFileContent oci:images/app:1 app/server.key -AsByteStream -Raw | Set-Content server.key -AsByteStream</code>
/// <para>Reads bytes. With -Raw they are one array, which native commands get as they are.</para>
/// </example>
/// <seealso cref="GetOciImageFileCommand"/>
/// <seealso cref="SelectOciFileStringCommand"/>
/// <seealso cref="ExportOciImageFileCommand"/>
[Cmdlet(VerbsCommon.Get, "OciFileContent", DefaultParameterSetName = InputObjectSet)]
[OutputType(typeof(string), typeof(byte), typeof(byte[]))]
public sealed class GetOciFileContentCommand : ImageFileCmdlet
{
    private const string LiteralPathSet = "LiteralPath";
    private const int LinesAtOnce = 256;
    private const int BytesAtOnce = 64 * 1024;

    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH.
    /// </summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = LiteralPathSet)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>Paths in the image as they are, without wildcards. Symbolic links are followed, inside of the image.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = LiteralPathSet)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// The platforms to read of an index, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all;
    /// several are read one after the other. Without it, it is Linux with this machine's architecture, else the only one there is.
    /// </summary>
    [Parameter(ParameterSetName = LiteralPathSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    /// <summary>The whole content of a file as one text, or with -AsByteStream as one array of bytes; of 128 MiB at most.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>Bytes instead of text.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>
    /// The text's encoding, where it has no byte order mark; UTF-8 if nothing is said. Takes the names that Get-Content takes, those of
    /// .NET, and code pages.
    /// </summary>
    [Parameter]
    [EncodingName]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    [ValidateNotNull]
    public Encoding Encoding { get; set; } = Encoding.UTF8;

    /// <summary>How many lines (with -AsByteStream, bytes) of each file come out at most.</summary>
    [Parameter]
    [Alias("First", "Head")]
    [ValidateRange(0, long.MaxValue)]
    public long TotalCount { get; set; } = long.MaxValue;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Raw && MyInvocation.BoundParameters.ContainsKey(nameof(TotalCount)))
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument(
                ErrorIds.ConflictingParameters, "-Raw gives all of a file, -TotalCount a part of it. Give one of them.", TotalCount));
        }
    }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == InputObjectSet)
        {
            await base.ProcessRecordAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (OciReference item in Reference)
        {
            await ForItemAsync(item.Text, () => ForImagesAsync(
                item.Text,
                Platform,
                ManifestMode.PreferMultiArch,
                image => ReadPathsAsync(item.Text, image, cancellationToken),
                cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override async Task ProcessFileAsync(OciImageFile file, CancellationToken cancellationToken) =>
        await WriteContentAsync(file.File, cancellationToken).ConfigureAwait(false);

    private async Task ReadPathsAsync(string text, ImageSource opened, CancellationToken cancellationToken)
    {
        using var image = new BrowsableImage(opened);
        FileTree tree = await image.ReadTreeAsync(Operation, cancellationToken).ConfigureAwait(false);
        foreach (string path in LiteralPath)
        {
            await ForItemAsync(text, () => ReadPathAsync(image, tree, path, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private Task ReadPathAsync(BrowsableImage image, FileTree tree, string path, CancellationToken cancellationToken) =>
        tree.Find(path, followLast: true) is { } node
            ? WriteContentAsync(image.GetFile(node), cancellationToken)
            : throw new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage,
                $"'{path}' leads to nothing in '{image.Reference}': no layer has it, a later layer removes it, or it is a symbolic link "
                    + "whose target is not there.");

    private async Task WriteContentAsync(ImageFile file, CancellationToken cancellationToken)
    {
        Stream content = await FileContents.OpenAsync(
            await InvokeAsync(file.Borrow, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await (Raw ? WriteWholeAsync(content, file.Entry.Name, cancellationToken)
                : AsByteStream ? WriteBytesAsync(content, cancellationToken)
                : WriteLinesAsync(content, file.Entry.Name, cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task WriteWholeAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = await FileContents.ReadAsync(content, name, cancellationToken).ConfigureAwait(false);
        if (bytes.Length == 0)
        {
            // As in Get-Content.
            return;
        }

        object whole;
        if (AsByteStream)
        {
            whole = bytes.ToArray();
        }
        else
        {
            using var reader = new StreamReader(bytes, Encoding, detectEncodingFromByteOrderMarks: true);
            whole = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            if (whole is "")
            {
                // A byte order mark alone is an empty text.
                return;
            }
        }

        await WriteLiveAsync(whole, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteBytesAsync(Stream content, CancellationToken cancellationToken)
    {
        for (long left = TotalCount; left > 0;)
        {
            var buffer = new byte[BytesAtOnce];
            int count = await content.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }

            left -= count;
            await WriteAllAsync(buffer[..count], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteLinesAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        using var reader = new TextLineReader(content, Encoding, ScriptContent.MaximumLength, name);
        var lines = new List<string>();
        for (long left = TotalCount; left > 0 && await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line; left--)
        {
            lines.Add(line);
            if (lines.Count == LinesAtOnce || !reader.HasLine)
            {
                await WriteAllAsync(lines.ToArray(), cancellationToken).ConfigureAwait(false);
                lines.Clear();
            }
        }

        await WriteAllAsync(lines.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private Task WriteAllAsync(Array items, CancellationToken cancellationToken) =>
        items.Length == 0 ? Task.CompletedTask : InvokeAsync(() => WriteObject(items, enumerateCollection: true), cancellationToken);
}
