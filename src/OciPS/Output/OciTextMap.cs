// SPDX-License-Identifier: MIT

using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace OciPS;

/// <summary>Labels or annotations: texts by case-sensitive keys.</summary>
/// <remarks>
/// PowerShell formats dictionary entries without escaping control characters, so the pairs here have their own view. Only the plain
/// enumerator, which PowerShell's formatting uses, returns them; code that copies or serialises dictionaries uses others.
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A map is what it is.")]
public sealed class OciTextMap : IReadOnlyDictionary<string, string>, IDictionary
{
    private readonly ReadOnlyDictionary<string, string> _pairs;

    private OciTextMap(ReadOnlyDictionary<string, string> pairs) => _pairs = pairs;

    internal static OciTextMap Empty { get; } = new(ReadOnlyDictionary<string, string>.Empty);

    /// <summary>The number of pairs.</summary>
    public int Count => _pairs.Count;

    /// <summary>The keys.</summary>
    public IReadOnlyList<string> Keys => _pairs.Keys.ToArray();

    /// <summary>The texts.</summary>
    public IReadOnlyList<string> Values => _pairs.Values.ToArray();

    internal IReadOnlyDictionary<string, string> Pairs => _pairs;

    IEnumerable<string> IReadOnlyDictionary<string, string>.Keys => _pairs.Keys;

    IEnumerable<string> IReadOnlyDictionary<string, string>.Values => _pairs.Values;

    ICollection IDictionary.Keys => _pairs.Keys;

    ICollection IDictionary.Values => _pairs.Values;

    bool IDictionary.IsFixedSize => true;

    bool IDictionary.IsReadOnly => true;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    /// <summary>The text for a key.</summary>
    /// <param name="key">The key.</param>
    public string this[string key] => _pairs[key];

    object? IDictionary.this[object key]
    {
        get => ((IDictionary)_pairs)[key];
        set => throw CannotChange();
    }

    /// <summary>Whether a key exists.</summary>
    /// <param name="key">The key.</param>
    public bool ContainsKey(string key) => _pairs.ContainsKey(key);

    /// <summary>Gets the text for a key, if it exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The text.</param>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _pairs.TryGetValue(key, out value);

    /// <summary>The pairs, in the order of the document.</summary>
    public IEnumerator<OciTextPair> GetEnumerator() => _pairs.Select(pair => new OciTextPair(pair.Key, pair.Value)).GetEnumerator();

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IDictionaryEnumerator IDictionary.GetEnumerator() => ((IDictionary)_pairs).GetEnumerator();

    void ICollection.CopyTo(Array array, int index) => ((ICollection)_pairs).CopyTo(array, index);

    bool IDictionary.Contains(object key) => ((IDictionary)_pairs).Contains(key);

    void IDictionary.Add(object key, object? value) => throw CannotChange();

    void IDictionary.Clear() => throw CannotChange();

    void IDictionary.Remove(object key) => throw CannotChange();

    /// <summary>The pairs, as <c>key=text</c>.</summary>
    public override string ToString() => string.Join(", ", _pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    internal static OciTextMap From(IReadOnlyDictionary<string, string> pairs) => pairs.Count == 0
        ? Empty
        : new(pairs as ReadOnlyDictionary<string, string> ?? pairs.ToDictionary(StringComparer.Ordinal).AsReadOnly());

    private static NotSupportedException CannotChange() => new("What an image says cannot be changed here.");
}
