// SPDX-License-Identifier: MIT

using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;

namespace OciPS;

/// <summary>
/// Reads the properties of an output, also after deserialisation from a job, a file or another machine. A missing property, or one of
/// another type, is empty.
/// </summary>
internal sealed class SavedObject(PSObject saved)
{
    public string Text(string name) => OptionalText(name) ?? string.Empty;

    public string? OptionalText(string name) => Value(name) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    public long Number(string name) =>
        LanguagePrimitives.TryConvertTo(Value(name), CultureInfo.InvariantCulture, out long number) ? number : 0;

    public bool Flag(string name) => Value(name) is true;

    public DateTime? Date(string name) => Value(name) as DateTime?;

    public IReadOnlyList<string> Texts(string name) =>
        Items(name).Select(item => Convert.ToString(PSObject.AsPSObject(item).BaseObject, CultureInfo.InvariantCulture)).OfType<string>()
            .ToArray();

    public OciTextMap Map(string name)
    {
        object? value = Value(name);
        if (value is OciTextMap live)
        {
            return live;
        }

        // Deserialised objects have lost their order.
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in value as IDictionary ?? new Hashtable())
        {
            map[$"{entry.Key}"] = $"{entry.Value}";
        }

        return OciTextMap.From(new ReadOnlyDictionary<string, string>(map));
    }

    public T? Object<T>(string name)
        where T : class => Restore<T>(Value(name));

    public IReadOnlyList<T> Objects<T>(string name)
        where T : class => Items(name).Select(item => Restore<T>(item)).OfType<T>().ToArray();

    /// <summary>The objects in a list, or a single object.</summary>
    public IEnumerable<SavedObject> Parts(string name) =>
        (Value(name) is { } value and not (string or IEnumerable) ? [value] : Items(name))
            .Select(part => new SavedObject(PSObject.AsPSObject(part)));

    /// <summary>The value of a property: a restored output of the module, or a text.</summary>
    public object? Value(string name)
    {
        object? value = saved.Properties[name]?.Value;
        return value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
    }

    private IEnumerable<object> Items(string name) => Value(name) switch
    {
        null or string => [],
        IEnumerable items => items.Cast<object?>().OfType<object>(),
        _ => [],
    };

    private static T? Restore<T>(object? value)
        where T
            : class => value is null
            ? null
            : PSObject.AsPSObject(value).BaseObject as T ?? SavedOutputs.Restore(PSObject.AsPSObject(value), typeof(T)) as T;
}
