// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests.Fuzz;

/// <summary>The files of one kind that mutations are made of, made by real tools.</summary>
internal static class Corpus
{
    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Corpus");

    public static IReadOnlyList<(string Name, byte[] Bytes)> For(string kind) => Directory.GetFiles(Path.Combine(Folder, kind))
        .Order(StringComparer.Ordinal)
        .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))
        .ToArray();
}
