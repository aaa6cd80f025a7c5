// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;

namespace OciPS.Completers;

/// <summary>Finds the image reference in the parameters typed so far.</summary>
internal static class CompletionReference
{
    /// <summary>The first reference; null if there is none yet.</summary>
    public static string? In(IDictionary? parameters)
    {
        object? value = parameters?["Reference"] ?? parameters?["Image"] ?? parameters?["ImageName"] ?? parameters?["Root"];
        object? first = value is object[] { Length: > 0 } several ? several[0] : value;
        return (first is PSObject wrapped ? wrapped.BaseObject : first)?.ToString() is { Length: > 0 } text ? text : null;
    }
}
