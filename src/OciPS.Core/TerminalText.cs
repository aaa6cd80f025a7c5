// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Globalization;
using System.Text;

namespace OciPS;

/// <summary>Makes untrusted text safe to show: escapes terminal control characters and characters that reorder text.</summary>
/// <remarks>ECMA-48, section 5; Unicode Standard Annex 9, section 2; "Trojan Source" (CVE-2021-42574).</remarks>
internal static class TerminalText
{
    // In decoded paths, the first code unit that stands for a byte that is not UTF-8.
    private const char FirstByte = '\uDC80';
    private const char LastByte = '\uDCFF';

    /// <summary>The text with control characters escaped, as in <c>\u001b</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsLines">Whether line breaks and tabs stay, for multi-line texts of this module.</param>
    public static string Escape(string text, bool keepsLines = false)
    {
        int first = FindUnsafe(text, 0, keepsLines);
        if (first < 0)
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 32);
        int begin = 0;
        for (int at = first; at >= 0; at = FindUnsafe(text, begin, keepsLines))
        {
            safe.Append(text, begin, at - begin);
            bool isRune = Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length) == OperationStatus.Done;
            safe.Append(isRune && length == 2 ? string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}")
                : text[at] is >= FirstByte and <= LastByte ? string.Create(CultureInfo.InvariantCulture, $"\\x{text[at] & 0xff:x2}")
                : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"));
            begin = at + (isRune ? length : 1);
        }

        return safe.Append(text, begin, text.Length - begin).ToString();
    }

    private static int FindUnsafe(string text, int from, bool keepsLines)
    {
        for (int i = from; i < text.Length; i++)
        {
            char letter = text[i];
            if (letter is >= ' ' and < '\x7f')
            {
                continue;
            }

            if (char.IsHighSurrogate(letter) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                if (IsUnsafe(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(letter, text[i + 1]))))
                {
                    return i;
                }

                i++;
            }
            else if (!IsHarmless(letter, keepsLines) && IsUnsafe(char.GetUnicodeCategory(letter)))
            {
                return i;
            }
        }

        return -1;
    }

    // Joiners are part of words in some scripts, and of emoji sequences.
    private static bool IsHarmless(char letter, bool keepsLines) =>
        letter is '\u200c' or '\u200d' || (keepsLines && letter is ('\n' or '\t'));

    private static bool IsUnsafe(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
