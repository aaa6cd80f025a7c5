// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.References;

namespace OciPS.Registry.Connections;

/// <summary>The repositories that a session has used, for completion.</summary>
internal sealed class SeenRepositories
{
    private const int Maximum = 2000;

    private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

    /// <summary>The names, <c>HOST/REPO</c>.</summary>
    public IEnumerable<string> Names => _names.Keys.Order(StringComparer.Ordinal);

    public void Add(ImageReference repository)
    {
        if (_names.Count < Maximum)
        {
            _names.TryAdd(repository.Name, true);
        }
    }
}
