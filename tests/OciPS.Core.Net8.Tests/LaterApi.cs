// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests;

/// <summary>What the tests use that .NET has only since version 9 or 10, so that they compile for 8.</summary>
internal static class LaterApi
{
    extension(Convert)
    {
        public static string ToHexStringLower(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
    }

    extension(File)
    {
        public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(path, bytes.ToArray());
    }

    // Else the one of MemoryExtensions is meant, which reverses in place.
    public static IEnumerable<T> Reverse<T>(this T[] items) => Enumerable.Reverse(items);

    public static async ValueTask<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (T item in items)
        {
            list.Add(item);
        }

        return list;
    }
}

internal static class Base64Url
{
    public static string EncodeToString(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
