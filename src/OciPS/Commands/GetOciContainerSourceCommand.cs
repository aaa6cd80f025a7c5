// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.BuildInputs;
using OciPS.Images;

namespace OciPS.Commands;

/// <summary>Gets the images that a build stage was given, each with the manifest list that it belongs to.</summary>
/// <remarks>
/// <para>
/// Takes the inputs of a build stage, as JSON or as hashtables: under images a path and, in data.archives, files and directories named by
/// their checksums, each with its format (dir or oci-archive) and name; under manifest-lists a path and, in data.files, manifest lists.
/// Emits an object for each image. An image in a directory comes with the list that names it.
/// </para>
/// <para>
/// A list may name several images. Of two lists that name an image, the one that comes later counts. A list that names none of the images,
/// and a name that leads out of its folder, are errors; all is checked before anything is emitted.
/// </para>
/// <para>JSON may come line by line, as Get-Content gives it; relative paths in it are relative to the current location then.</para>
/// <para>The objects pipe into Copy-OciImage, which publishes each image with its list and leaves the source as it is.</para>
/// </remarks>
/// <example>
/// <code>Get-OciContainerSource ./inputs.json</code>
/// <para>Lists the images that a file with a stage's inputs names. Relative paths in it are relative to the file's folder.</para>
/// </example>
/// <example>
/// <code>Get-OciContainerSource ./inputs.json | Copy-OciImage -Destination { "oci:built:$($_.Checksum.Substring(7, 12))" }</code>
/// <para>Copies each of them into a layout, with its list.</para>
/// </example>
/// <example>
/// <code>@{ images = @{ path = './stage'; data = @{ archives = @{ 'app' = @{ format = 'dir'; name = 'registry.example.com/team/app:1' } } } } } | Get-OciContainerSource | ForEach-Object Name</code>
/// <para>Takes the same as hashtables. Relative paths are relative to the current location.</para>
/// </example>
/// <seealso cref="CopyOciImageCommand"/>
/// <seealso cref="MergeOciManifestListCommand"/>
[Cmdlet(VerbsCommon.Get, "OciContainerSource", DefaultParameterSetName = PathSet)]
[OutputType(typeof(OciContainerSource))]
public sealed class GetOciContainerSourceCommand : AsyncCmdlet
{
    private const string PathSet = "Path";
    private const string InputObjectSet = "InputObject";

    private readonly JsonLines _lines = new();

    /// <summary>The file with the inputs, as JSON.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [Alias("PSPath")]
    public string[] Path { get; set; } = [];

    /// <summary>
    /// The inputs: JSON as text, whole or line by line, hashtables, objects as ConvertFrom-Json makes them, or a file with JSON.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    public PSObject? InputObject { get; set; }

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == PathSet)
        {
            foreach (string path in Path)
            {
                await ForItemAsync(path, () => ReadFileAsync(path, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
        else if (InputObject!.BaseObject is string line)
        {
            await GatherAsync(line, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ForItemAsync(InputObject, () => ReadAsync(InputObject, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override Task EndProcessingAsync(CancellationToken cancellationToken) =>
        _lines.TakeRest() is { } rest
            ? ForItemAsync(rest, () => ReadTextAsync(rest, cancellationToken), cancellationToken)
            : Task.CompletedTask;

    private async Task GatherAsync(string line, CancellationToken cancellationToken)
    {
        if (_lines.Add(line) is { } text)
        {
            await ForItemAsync(text, () => ReadTextAsync(text, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadTextAsync(string text, CancellationToken cancellationToken)
    {
        string folder = await InvokeAsync(() => this.ToProviderPath("."), cancellationToken).ConfigureAwait(false);
        await WriteAsync(Encoding.UTF8.GetBytes(text), folder, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadAsync(PSObject input, CancellationToken cancellationToken)
    {
        if (input.BaseObject is FileInfo file)
        {
            await ReadFileAsync(file.FullName, cancellationToken).ConfigureAwait(false);
            return;
        }

        (byte[] json, string folder) = await InvokeAsync(
            () => (InputJson.ToBytes(input), this.ToProviderPath(".")), cancellationToken).ConfigureAwait(false);
        await WriteAsync(json, folder, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        string full = await InvokeAsync(() => this.ToProviderPath(path), cancellationToken).ConfigureAwait(false);
        byte[] json = await ManifestFile.ReadAsync(full, cancellationToken).ConfigureAwait(false);
        await WriteAsync(
            json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? json.AsMemory(Encoding.UTF8.Preamble.Length) : json,
            System.IO.Path.GetDirectoryName(full)!,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> json, string folder, CancellationToken cancellationToken)
    {
        foreach (ContainerSource source in await ContainerInputs.ReadAsync(json, folder, cancellationToken).ConfigureAwait(false))
        {
            await WriteLiveAsync(new OciContainerSource(source), cancellationToken).ConfigureAwait(false);
        }
    }
}
