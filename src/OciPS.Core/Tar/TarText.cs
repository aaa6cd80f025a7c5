// SPDX-License-Identifier: MIT

using System.Text;

namespace OciPS.Tar;

/// <summary>Converts names in archives, which are bytes, to text and back without loss.</summary>
/// <remarks>Bytes that are not UTF-8 become lone surrogates (U+DC80 to U+DCFF), as in Python.</remarks>
internal static class TarText
{
    private const int EscapeBase = 0xDC00;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                consumed = 1;
                text.Append((char)(EscapeBase + bytes[0]));
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>Writes the bytes; false if the buffer is too small, or if some were not UTF-8.</summary>
    public static bool TryEncode(string text, Span<byte> bytes, out int length)
    {
        length = 0;
        return !HasEscapes(text) && Encoding.UTF8.TryGetBytes(text, bytes, out length);
    }

    public static byte[] Encode(string text)
    {
        if (!HasEscapes(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is >= (char)(EscapeBase + 0x80) and <= (char)(EscapeBase + 0xFF) && (i == 0 || !char.IsHighSurrogate(text[i - 1])))
            {
                bytes.Add((byte)(text[i] - EscapeBase));
                continue;
            }

            int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            bytes.AddRange(s_strict.GetBytes(text.Substring(i, length)));
            i += length - 1;
        }

        return [.. bytes];
    }

    private static bool HasEscapes(string text) => text.AsSpan().ContainsAnyInRange((char)(EscapeBase + 0x80), (char)(EscapeBase + 0xFF));
}
