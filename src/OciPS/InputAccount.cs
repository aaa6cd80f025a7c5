// SPDX-License-Identifier: MIT

using System.Management.Automation;

namespace OciPS;

/// <summary>Counts pipeline items that are not files of an image, for one error at the end.</summary>
internal sealed class InputAccount
{
    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);
    private PSObject? _first;
    private long _count;

    /// <summary>Records an item that was not understood.</summary>
    public void Add(PSObject? item)
    {
        _first = _count++ == 0 ? item : _first;
        _missing.UnionWith(PipedFile.MissingProperties(item));
    }

    /// <summary>The error; null if all items were understood.</summary>
    public ErrorRecord? ToError()
    {
        if (_count == 0)
        {
            return null;
        }

        string type = _first is null ? "$null" : _first.TypeNames.Count > 0 ? _first.TypeNames[0] : _first.BaseObject.GetType().FullName!;
        string items = _count == 1 ? $"An item of the type '{type}' is" : $"{_count} items, the first one of the type '{type}', are";
        string properties = string.Join(" and ", _missing.Select(name => $"'{name}'"));
        return new ErrorRecord(
            new ArgumentException(
                $"{items} no file of an image: {properties} {(_missing.Count == 1 ? "is" : "are")} missing or empty. Pipe what "
                    + "Get-OciImageFile emits, or rows with Reference and FullName."),
            ErrorIds.InputNotUnderstood,
            ErrorCategory.InvalidData,
            _first);
    }
}
