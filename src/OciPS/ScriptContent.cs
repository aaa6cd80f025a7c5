// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Files;
using OciPS.IO;

namespace OciPS;

/// <summary>Reads the content of files of images for scripts.</summary>
internal static class ScriptContent
{
    /// <summary>How large a file may be that is read in one piece, unless more is asked for.</summary>
    public const int MaximumLength = 128 * 1024 * 1024;

    // What .NET gives a string at most.
    private const long LongestText = 0x3FFF_FFDF;

    /// <summary>Opens the content; the wait for it ends when the script is stopped.</summary>
    public static Stream Open(ImageFile file)
    {
        ImageFile borrowed = file.Borrow();
        // To look through a layer for a file takes time without a wait, too.
        return new BlockingReadStream(ScriptWait.For(token => Task.Run(() => borrowed.OpenAsync(token), token)));
    }

    /// <summary>Reads the whole content, if it is no larger than asked for.</summary>
    public static byte[] ReadBytes(ImageFile file, long maximumLength)
    {
        using Stream content = Open(file, maximumLength, Array.MaxLength, nameof(OciImageFile.ReadAllBytes));
        byte[] bytes = new byte[content.Length];
        content.ReadExactly(bytes);

        // At its end, it is known to be right.
        return content.ReadByte() < 0
            ? bytes
            : throw new InvalidContentException(
                ErrorIds.SizeMismatch, $"'{file.Entry.Name}' has more than the {bytes.Length} bytes that its size says.");
    }

    /// <summary>Reads the whole content as text, if it is no larger than asked for: UTF-8, or as its byte order mark says.</summary>
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
            // A hard link's size is that of what it names.
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
