// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.References;

namespace OciPS.Registry.Connections;

/// <summary>The repositories that this process had to do with; for people who type their names again.</summary>
internal static class SeenRepositories
{
    private const int Maximum = 2000;

    private static readonly ConcurrentDictionary<string, bool> s_names = new(StringComparer.Ordinal);

    /// <summary>Their names, <c>HOST/REPO</c>.</summary>
    public static IEnumerable<string> Names => s_names.Keys.Order(StringComparer.Ordinal);

    public static void Add(ImageReference repository)
    {
        if (s_names.Count < Maximum)
        {
            s_names.TryAdd(repository.Name, true);
        }
    }
}
