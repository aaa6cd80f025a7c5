// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using OciPS.Completers;
using OciPS.Files;
using OciPS.IO;
using OciPS.Provider;

namespace OciPS.Commands;

/// <summary>Finds text in files of an image.</summary>
/// <remarks>
/// <para>
/// Takes the files that Get-OciImageFile emits and searches their lines while the layer streams by, with as many patterns as are given. It
/// emits an object for each line that it finds, with the file's Reference and FullName, so that the result can be piped to
/// Remove-OciImageFile.
/// </para>
/// <para>Select-String cannot do this: it searches the text of the object, which is its path, and reports no error.</para>
/// <para>
/// Files that hold a NUL byte among their first 8000 bytes are binary and are not searched, unless -IncludeBinary is given; a warning at
/// the end shows their number. Directories and links, which have no content, are skipped. A hard link is searched as the file that it
/// names.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciImageFile registry.example.com/team/app:1 | Select-OciFileString 'BEGIN .*PRIVATE KEY'</code>
/// <para>Finds private keys in all layers.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 -Path 'etc/*' | Select-OciFileString 'password\s*=' -Context 1, 2</code>
/// <para>Shows the line before and the two lines after as well.</para>
/// </example>
/// <example>
/// <code>Get-OciImageFile oci:images/app:1 | Select-OciFileString 'PRIVATE KEY' -SimpleMatch -CaseSensitive -List | Remove-OciImageFile -Destination oci:images/app:clean</code>
/// <para>Takes out all files that hold a key. With -List a file is found once and read no further.</para>
/// </example>
/// <seealso cref="GetOciImageFileCommand"/>
/// <seealso cref="GetOciFileContentCommand"/>
/// <seealso cref="RemoveOciImageFileCommand"/>
[Cmdlet(VerbsCommon.Select, "OciFileString", DefaultParameterSetName = InputObjectSet)]
[OutputType(typeof(OciFileMatch))]
public sealed class SelectOciFileStringCommand : ImageFileCmdlet
{
    // As in git and grep.
    private const int BytesToLookAt = 8000;

    // If a line takes longer, the pattern may never finish on it.
    private static readonly TimeSpan s_timeForLine = TimeSpan.FromSeconds(5);

    private TextSearch? _search;
    private long _binaryFiles;

    /// <summary>Regular expressions of .NET, or plain text with -SimpleMatch. A line is found by the first one that it matches.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Pattern { get; set; } = [];

    /// <summary>Treats the patterns as plain text.</summary>
    [Parameter]
    public SwitchParameter SimpleMatch { get; set; }

    /// <summary>Matches case-sensitively.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>Finds the lines that match no pattern.</summary>
    [Parameter]
    public SwitchParameter NotMatch { get; set; }

    /// <summary>Finds the first line of each file only, and reads no further.</summary>
    [Parameter]
    public SwitchParameter List { get; set; }

    /// <summary>
    /// The text's encoding, where it has no byte order mark; UTF-8 if nothing is said. Takes the names that Get-Content takes, those of
    /// .NET, and code pages.
    /// </summary>
    [Parameter]
    [EncodingName]
    [ArgumentCompleter(typeof(EncodingCompleter))]
    [ValidateNotNull]
    public Encoding Encoding { get; set; } = Encoding.UTF8;

    /// <summary>How many lines before and after a found line come with it: one number for both, or two.</summary>
    [Parameter]
    [ValidateCount(1, 2)]
    [ValidateRange(0, 10000)]
    public int[] Context { get; set; } = [0];

    /// <summary>Searches binary files too, as text.</summary>
    [Parameter]
    public SwitchParameter IncludeBinary { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _search = new TextSearch
    {
        Patterns = [.. Pattern.Select(CreatePattern)],
        IsInverted = NotMatch,
        Before = Context[0],
        After = Context[^1],
    };

    private protected override async Task ProcessFileAsync(OciImageFile file, CancellationToken cancellationToken)
    {
        if (!FileContents.HasContent(file.File.Entry.Type))
        {
            return;
        }

        Stream content = await FileContents.OpenAsync(
            await InvokeAsync(file.File.Borrow, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var beginning = new byte[BytesToLookAt];
            int length = await content.ReadAtLeastAsync(
                beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (!IncludeBinary && IsBinary(beginning.AsSpan(0, length)))
            {
                _binaryFiles++;
                Log.Verbose($"'{file.FullName}' is binary, and is not searched.");
                return;
            }

            await SearchAsync(file, new PrefixedStream(beginning.AsMemory(0, length), content), cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override async Task EndProcessingAsync(CancellationToken cancellationToken)
    {
        await base.EndProcessingAsync(cancellationToken).ConfigureAwait(false);
        if (_binaryFiles > 0)
        {
            string files = _binaryFiles == 1
                ? "1 binary file was"
                : string.Create(CultureInfo.InvariantCulture, $"{_binaryFiles} binary files were");
            Log.Warning($"{files} not searched. -IncludeBinary searches them too; -Verbose names them.");
        }
    }

    private async Task SearchAsync(OciImageFile file, Stream content, CancellationToken cancellationToken)
    {
        await foreach (FoundLine found in _search!.FindAsync(content, Encoding, file.FullName, cancellationToken).ConfigureAwait(false))
        {
            await WriteLiveAsync(new OciFileMatch(file, found), cancellationToken).ConfigureAwait(false);
            if (List)
            {
                return;
            }
        }
    }

    // Text in UTF-16 and UTF-32 contains many NUL bytes; a byte order mark or -Encoding identifies it.
    private bool IsBinary(ReadOnlySpan<byte> beginning) =>
        beginning.Contains((byte)0)

        && !beginning.StartsWith<byte>([0xFF, 0xFE])
        && !beginning.StartsWith<byte>([0xFE, 0xFF])
        && !beginning.StartsWith<byte>([0, 0, 0xFE, 0xFF])
        && Encoding is not (UnicodeEncoding or UTF32Encoding);

    private Regex CreatePattern(string pattern)
    {
        RegexOptions options = RegexOptions.CultureInvariant | (CaseSensitive ? RegexOptions.None : RegexOptions.IgnoreCase);
        try
        {
            return new Regex(SimpleMatch ? Regex.Escape(pattern) : pattern, options, s_timeForLine);
        }
        catch (ArgumentException error)
        {
            ThrowTerminatingError(ErrorRecords.InvalidArgument(
                ErrorIds.InvalidPattern,
                $"'{pattern}' is not a regular expression: {error.Message} With -SimpleMatch it is plain text.",
                pattern));
            throw;
        }
    }
}
