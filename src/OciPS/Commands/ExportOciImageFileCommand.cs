// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Export;
using OciPS.Files;
using OciPS.Tar;

namespace OciPS.Commands;

/// <summary>Writes files of an image to a folder.</summary>
/// <remarks>
/// <para>
/// Takes the files that Get-OciImageFile emits, or Get-ChildItem on a drive over an image, and writes each below the destination, under its
/// path in the image, with its permissions and its time; owners are not kept.
/// </para>
/// <para>
/// Nothing is written outside of the destination: absolute names, names with '..', and links that lead out of it are refused, each with an
/// error, and the rest goes on. Devices and pipes are refused too. A file that is there already stays unless -Force is given.
/// </para>
/// <para>Names with control characters are refused too, since they may affect a terminal or a script.</para>
/// <para>
/// A file gets as many bytes as its entry says, however much a layer decompresses to; -MaximumSize limits the files of untrusted images.
/// The holes of a sparse file stay holes.
/// </para>
/// <para>
/// A symbolic link comes out as one. A hard link comes out as a file of its own, with the content of what it links to; its layer is read
/// again for that.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Path 'etc/*' | Export-OciImageFile -DestinationPath ./rootfs</code>
/// <para>Writes the files below /etc to ./rootfs/etc.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 | Export-OciImageFile -DestinationPath ./unknown -MaximumSize 100MB</code>
/// <para>Writes no file that is larger than 100 MB.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Path 'usr/share/doc/*' | Export-OciImageFile ./doc -RelativeTo usr/share/doc</code>
/// <para>Writes what is below /usr/share/doc to ./doc, without usr/share/doc in its path.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Flatten -Type Directory, File, SymbolicLink, HardLink | Export-OciImageFile ./rootfs -Force</code>
/// <para>Unpacks the file system that a container sees, and replaces what is there.</para>
/// </example>
/// <seealso cref="GetOciImageFileCommand"/>
/// <seealso cref="GetOciFileContentCommand"/>
/// <seealso>about_OciPS_Provider</seealso>
[Cmdlet(VerbsData.Export, "OciImageFile", DefaultParameterSetName = InputObjectSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportOciImageFileCommand : ImageFileCmdlet
{
    /// <summary>The folder to write to; it is made if it is not there. Takes a scriptblock over the pipeline's item.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string DestinationPath { get; set; } = string.Empty;

    /// <summary>
    /// A folder in the image whose path is left out: with 'usr/share/doc', usr/share/doc/a/copyright is written to a/copyright. A file that
    /// is not below it is an error, and the rest goes on.
    /// </summary>
    [Parameter]
    public string RelativeTo { get; set; } = string.Empty;

    /// <summary>Replaces files that are there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// The size in bytes that a file may have at most. A larger one is an error, with nothing written of it, and the rest goes on.
    /// </summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MaximumSize { get; set; } = long.MaxValue;

    private protected override string? Destination
    {
        get => DestinationPath;
        set => DestinationPath = value ?? string.Empty;
    }

    private protected override Task ProcessFileAsync(OciImageFile file, CancellationToken cancellationToken) =>
        ExportAsync(file.File, cancellationToken);

    private async Task ExportAsync(ImageFile file, CancellationToken cancellationToken)
    {
        string root = await InvokeAsync(() => this.ToProviderPath(DestinationPath), cancellationToken).ConfigureAwait(false);
        var exporter = new FileExporter(root, Force, MaximumSize) { RelativeTo = PathPatterns.ToName(RelativeTo ?? string.Empty) };
        string target = exporter.FindTarget(file);
        if (await InvokeAsync(
            () => ShouldProcess(ShownPath.Show(target), $"Export '{ShownPath.Show(file.Entry.Name)}'"),
            cancellationToken).ConfigureAwait(false))
        {
            ImageFile borrowed = await InvokeAsync(file.Borrow, cancellationToken).ConfigureAwait(false);
            await exporter.ExportAsync(borrowed, target, cancellationToken).ConfigureAwait(false);
            await WriteItemAsync(target, cancellationToken).ConfigureAwait(false);
        }
    }

    // PowerShell has no text for a name that is not UTF-8 and might find another file: such a file is emitted as a FileInfo.
    private Task WriteItemAsync(string target, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !ShownPath.HasOddBytes(target))
        {
            return InvokeAsync(() => WriteObject(this.FindItem(target), enumerateCollection: true), cancellationToken);
        }

        Log.Warning(
            $"'{ShownPath.Show(target)}' is written, with the bytes of its name. PowerShell cannot open it: such names are not UTF-8.");
        return InvokeAsync(() => WriteObject(new FileInfo(target)), cancellationToken);
    }
}
