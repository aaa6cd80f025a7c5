// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;

namespace OciPS.Core.Tests.Support;

/// <summary>Bytes to test with: the same ones each time.</summary>
internal static class Sample
{
    /// <summary>Bytes that do not compress.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Lines that compress well.</summary>
    public static byte[] Text(int length)
    {
        var text = new StringBuilder();
        for (int line = 0; text.Length < length; line++)
        {
            text.Append("line ").Append(line * 7919 % 1009).Append(" of a file in a layer\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    public static byte[] Concat(params IEnumerable<byte[]> parts) => parts.SelectMany(part => part).ToArray();

    /// <summary>A copy in which one bit is the other one.</summary>
    public static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = (byte[])bytes.Clone();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
