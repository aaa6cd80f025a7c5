// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;

namespace OciPS.Tar;

/// <summary>
/// Converts paths to text and back: a byte that is not UTF-8 is written <c>\xe8</c>. The conversion is unambiguous in both directions.
/// </summary>
/// <remarks>
/// In a path that itself contains such an escape sequence, the backslash is written <c>\x5c</c>: <c>a\x5cxe8</c>. Other backslashes are
/// unchanged, as in <c>system-a\x2db.slice</c>.
/// </remarks>
internal static class ShownPath
{
    private const string EscapedBackslash = "\\x5c";
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';

    /// <summary>Converts a path, as <see cref="TarText"/> decodes it, to text.</summary>
    public static string Show(string path) => MayNeedWork(path) ? EachPart(path, ShowPart) : path;

    /// <summary>Converts text to a path.</summary>
    public static string Parse(string text) => text.Contains("\\x", StringComparison.Ordinal) ? EachPart(text, ParsePart) : text;

    /// <summary>Whether a path contains bytes that are not UTF-8.</summary>
    public static bool HasOddBytes(string path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (IsOdd(path, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MayNeedWork(string path) =>
        path.AsSpan().ContainsAnyInRange(FirstEscape, LastEscape) || path.Contains("\\x", StringComparison.Ordinal);

    private static bool IsOdd(string text, int index) =>
        text[index] is >= FirstEscape and <= LastEscape && (index == 0 || !char.IsHighSurrogate(text[index - 1]));

    private static string EachPart(string path, Func<string, string> change) => string.Join('/', path.Split('/').Select(change));

    private static string ShowPart(string part) => HasOddBytes(part) || IsTakenForBytes(part) ? Escape(part) : part;

    private static string ParsePart(string text)
    {
        string path = Unescape(text);
        return ShowPart(path) == text ? path : text;
    }

    private static bool IsTakenForBytes(string part) =>
        part.Contains(EscapedBackslash + "x", StringComparison.Ordinal) || HasOddBytes(Unescape(part));

    private static string Escape(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (IsOdd(text, i))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\x{text[i] & 0xFF:x2}");
            }
            else if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == 'x')
            {
                shown.Append(EscapedBackslash);
            }
            else
            {
                shown.Append(text[i]);
            }
        }

        return shown.ToString();
    }

    private static string Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        int done = 0;
        for (int i = text.IndexOf("\\x", StringComparison.Ordinal); i >= 0; i = text.IndexOf("\\x", i, StringComparison.Ordinal))
        {
            if (i + 4 <= text.Length && IsHex(text[i + 2]) && IsHex(text[i + 3])
                && byte.Parse(
                    text.AsSpan(i + 2, 2),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture) is var value and (>= 0x80 or (byte)'\\'))
            {
                bytes.AddRange(TarText.Encode(text[done..i]));
                bytes.Add(value);
                done = i += 4;
            }
            else
            {
                i += 2;
            }
        }

        bytes.AddRange(TarText.Encode(text[done..]));
        return TarText.Decode([.. bytes]);
    }

    private static bool IsHex(char letter) => char.IsAsciiHexDigitLower(letter);
}
