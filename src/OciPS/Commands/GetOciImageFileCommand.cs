// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Tar;

namespace OciPS.Commands;

/// <summary>Gets the files in the layers of an image.</summary>
/// <remarks>
/// <para>
/// Reads the layers of an image, base first, and emits an object for each file while the layer is streamed. Nothing is unpacked, and no
/// more is read than is requested: Select-Object -First 1 stops the download. When a hundred files have passed without their content being
/// read, the following layers are listed in the background on idle cores; content that is requested from one of them is then read from that
/// layer separately.
/// </para>
/// <para>
/// In the pipeline the content of a file is available through OpenRead(), ReadAllBytes() or ReadAllText(). For later requests, or from
/// another thread such as those of ForEach-Object -Parallel, the layer is read again. ReadAllBytes() and ReadAllText() refuse a file of
/// more than 128 MiB; ReadAllText(1GB) takes one of that size.
/// </para>
/// <para>
/// Every layer that is a tar is read, in artifacts as in images: its type says so, or its beginning does. The others are named in one
/// warning an image.
/// </para>
/// <para>
/// Without -Flatten a path that several layers have comes out several times, and files that a later layer removes come out as well: they
/// are still in the image. With -Flatten the output is what a container sees.
/// </para>
/// <para>
/// A name may have bytes that are not UTF-8: each is shown as \xe8, and the shown text can be given to -LiteralPath and -Path. A name that
/// has these very characters, so that it would be taken for such bytes, is shown with \x5c for its backslash. Export-OciImageFile writes
/// the bytes, where the system takes them.
/// </para>
/// <para>A layer is checked against its digest when its end is reached; a mismatch is an error then.</para>
/// <para>
/// A layer that was read before is not read again to list it, and one in a registry that carries a table of contents (eStargz,
/// zstd:chunked) not even the first time. That table is not compared with the layer: to search images of authors you do not trust, set
/// $env:OCIPS_LAYER_CACHE = 'off', so that every layer is read itself.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciImageFile registry.example.com/team/app:1</code>
/// <para>Lists the files of every layer.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Path '*.key', '*.pem'</code>
/// <para>Finds files by their name in all folders and all layers; a wildcard crosses the slash.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -LiteralPath /etc/os-release | ForEach-Object { $_.ReadAllText() }</code>
/// <para>Shows a file's content.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Type All -Flatten | Where-Object { $_.UnixFileMode -band 'SetUser' }</code>
/// <para>Lists what a container sees, and of those the files that run as their owner.</para>
/// </example>
/// <seealso cref="GetOciFileContentCommand"/>
/// <seealso cref="SelectOciFileStringCommand"/>
/// <seealso cref="ExportOciImageFileCommand"/>
/// <seealso cref="RemoveOciImageFileCommand"/>
/// <seealso>about_OciPS_Provider</seealso>
[Cmdlet(VerbsCommon.Get, "OciImageFile", DefaultParameterSetName = PathSet)]
[OutputType(typeof(OciImageFile))]
public sealed class GetOciImageFileCommand : AsyncCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>
    /// The images: HOST/REPO:TAG, HOST/REPO@sha256:…, oci:PATH:TAG, oci-archive:PATH:TAG, dir:PATH or docker-archive:PATH. Of an index the
    /// image for Linux and this machine's architecture is read, else the only one there is, unless -Platform picks others.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    public OciReference[] Reference { get; set; } = [];

    /// <summary>
    /// Paths in the image, with PowerShell's wildcards, case-sensitive; they cross slashes. A slash or ./ at the beginning makes no
    /// difference. Without it, or with $null, all come out; of an empty list, none.
    /// </summary>
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>Paths in the image as they are, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ImagePathCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Which kinds of entries to emit. The default is File: regular files. All stands for every kind.</summary>
    [Parameter]
    [PSDefaultValue(Help = "File")]
    public OciFileType[]? Type { get; set; }

    /// <summary>
    /// What a container sees: of each path the topmost entry, whiteouts applied. An entry below a symbolic link of the image lies where the
    /// link leads, as extractors have it, and comes out under its own name. All layers are read for that before the first file comes out.
    /// </summary>
    [Parameter]
    public SwitchParameter Flatten { get; set; }

    /// <summary>
    /// The platforms to read of an index, as os/architecture[/variant][:version], with PowerShell's wildcards in any part, or * for all;
    /// with wildcards several may be read, one after the other. The files' Reference stays that of the index: Remove-OciImageFile takes
    /// them out of all its images, unless it is given -Platform as well.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[]? Platform { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        PathPatterns? patterns = ParameterSetName == LiteralPathSet ? PathPatterns.FromLiterals(LiteralPath)
            : Path is not null ? PathPatterns.FromWildcards(Path)
            : null;
        foreach (OciReference item in Reference)
        {
            await ForItemAsync(
                item.Text,
                () => ForImagesAsync(
                    item.Text,
                    Platform,
                    ManifestMode.PreferMultiArch,
                    image => ListAsync(item.Text, image, patterns, cancellationToken),
                    cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(string text, ImageSource image, PathPatterns? patterns, CancellationToken cancellationToken)
    {
        IReadOnlyList<TarEntryType> types = (Type ?? [OciFileType.File]).ToCore();
        var missing = new MissingPaths(patterns?.Literals ?? []);
        bool IsWanted(TarEntry entry)
        {
            missing.See(entry);
            return types.Contains(entry.Type) && (patterns is null || patterns.IsMatch(entry.Name));
        }

        var lister = new FileLister(image, Operation);
        IAsyncEnumerable<ImageFile> files = Flatten
            ? lister.ListFlattenedAsync(IsWanted, cancellationToken)
            : lister.ListAsync(cancellationToken);
        await foreach (ImageFile file in files.ConfigureAwait(false))
        {
            if (Flatten || IsWanted(file.Entry))
            {
                missing.Found(file.Entry);
                await WriteLiveAsync(new OciImageFile(file), cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (OciException error in missing.ToErrors(image.Reference, types))
        {
            await WriteErrorAsync(ErrorRecords.Create(error, text), cancellationToken).ConfigureAwait(false);
        }
    }
}
