// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Tar;

namespace OciPS;

/// <summary>Opens the content of files for cmdlets.</summary>
internal static class FileContents
{
    /// <summary>Whether an entry has content: directories, symbolic links and devices have none.</summary>
    public static bool HasContent(TarEntryType type) => type is TarEntryType.File or TarEntryType.HardLink or TarEntryType.Other;

    /// <exception cref="InvalidInputException">The entry has no content: a directory, a link, a device.</exception>
    public static Task<Stream> OpenAsync(ImageFile file, CancellationToken cancellationToken)
    {
        TarEntry entry = file.Entry;
        return HasContent(entry.Type)
            ? file.OpenAsync(cancellationToken)
            : throw new InvalidInputException(
                ErrorIds.UnsupportedFileType,
                entry.Type == TarEntryType.SymbolicLink
                    ? $"'{entry.Name}' is a symbolic link to '{entry.LinkTarget}', and has no content. Name the file with -Reference and "
                        + "-LiteralPath, which follow links."
                    : $"'{entry.Name}' is of the type {entry.Type}, and has no content.");
    }

    /// <exception cref="InvalidContentException">The content exceeds the limit for reading into memory.</exception>
    public static async Task<MemoryStream> ReadAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (bytes.Length + count > ScriptContent.MaximumLength)
            {
                throw new InvalidContentException(
                    ErrorIds.FileTooLarge,
                    $"'{name}' is larger than the {ScriptContent.MaximumLength} bytes that are read at once. Read it without -Raw, or "
                        + "write it to disk with Export-OciImageFile.");
            }

            bytes.Write(buffer, 0, count);
        }

        bytes.Position = 0;
        return bytes;
    }
}
