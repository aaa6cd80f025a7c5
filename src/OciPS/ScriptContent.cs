// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Files;
using OciPS.IO;

namespace OciPS;

/// <summary>Reads the content of image files for scripts.</summary>
internal static class ScriptContent
{
    /// <summary>The default limit in bytes for reading a whole file.</summary>
    public const int MaximumLength = 128 * 1024 * 1024;

    // The maximum length of a .NET string.
    private const long LongestText = 0x3FFF_FFDF;

    /// <summary>Opens the content; the wait ends when the script is stopped.</summary>
    public static Stream Open(ImageFile file)
    {
        ImageFile borrowed = file.Borrow();
        // On the thread pool: searching a layer for a file takes time even without waiting.
        return new BlockingReadStream(ScriptWait.For(token => Task.Run(() => borrowed.OpenAsync(token), token)));
    }

    /// <summary>Reads the whole content, up to a limit.</summary>
    public static byte[] ReadBytes(ImageFile file, long maximumLength)
    {
        using Stream content = Open(file, maximumLength, Array.MaxLength, nameof(OciImageFile.ReadAllBytes));
        byte[] bytes = new byte[content.Length];
        content.ReadExactly(bytes);

        // The content is verified only when its end is read.
        return content.ReadByte() < 0
            ? bytes
            : throw new InvalidContentException(
                ErrorIds.SizeMismatch, $"'{file.Entry.Name}' has more than the {bytes.Length} bytes that its size says.");
    }

    /// <summary>Reads the whole content as text, up to a limit; UTF-8 unless a byte order mark says otherwise.</summary>
    public static string ReadText(ImageFile file, long maximumLength)
    {
        using var reader = new StreamReader(
            new TextStartStream(Open(
                file,
                maximumLength,
                LongestText,
                nameof(OciImageFile.ReadAllText))), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    private static Stream Open(ImageFile file, long maximumLength, long possible, string method)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumLength);
        Check(file, file.Entry.Size, maximumLength, possible, method);
        Stream content = Open(file);
        try
        {
            // The length of a hard link is that of its target.
            Check(file, content.Length, maximumLength, possible, method);
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static void Check(ImageFile file, long size, long maximumLength, long possible, string method)
    {
        if (size > Math.Min(maximumLength, possible))
        {
            string more = size > possible
                ? string.Empty
                : string.Create(CultureInfo.InvariantCulture, $" allow more with {method}({size}), or");
            throw new InvalidContentException(
                ErrorIds.FileTooLarge,
                $"'{file.Entry.Name}' is not read: it has {size} bytes, more than the {Math.Min(maximumLength, possible)} that {method}() "
                    + $"takes here. To read it,{more} read it piece by piece with OpenRead().");
        }
    }
}
