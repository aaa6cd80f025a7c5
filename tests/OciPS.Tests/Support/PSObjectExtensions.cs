// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;

namespace OciPS.Tests.Support;

/// <summary>The module's objects as scripts see them: the tests do not know their types.</summary>
internal static class PSObjectExtensions
{
    public static object? Value(this PSObject item, string property) =>
        (item.Properties[property] ?? throw new ArgumentException($"There is no property '{property}'.", nameof(property))).Value;

    /// <summary>A property as text; empty for null.</summary>
    public static string Text(this PSObject item, string property) => item.Value(property)?.ToString() ?? string.Empty;

    public static PSObject[] List(this PSObject item, string property) =>
        ((IEnumerable)item.Value(property)!).Cast<object>().Select(PSObject.AsPSObject).ToArray();

    public static string[] Texts(this IEnumerable<PSObject> items, string property) => items.Select(item => item.Text(property)).ToArray();

    public static T Call<T>(this PSObject item, string method) => (T)PSObject.AsPSObject(item.Methods[method].Invoke()).BaseObject;
}
