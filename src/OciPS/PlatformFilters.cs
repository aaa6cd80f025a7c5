// SPDX-License-Identifier: MIT

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using OciPS.Images;

namespace OciPS;

/// <summary>Parses the parameters that select images of an index, and those that annotate manifests.</summary>
internal static class PlatformFilters
{
    /// <summary>The images that the parameters select.</summary>
    /// <param name="platforms">The value of <c>-Platform</c>.</param>
    /// <param name="filter">The value of <c>-PlatformFilter</c>.</param>
    /// <param name="invoke">Runs a function on the pipeline's thread, which scriptblocks need.</param>
    public static PlatformSelection Create(
        IEnumerable<string>? platforms, ScriptBlock? filter, Func<Func<bool>, CancellationToken, Task<bool>> invoke) => new(
        PlatformPatterns.Parse(platforms),
        filter is null ? null : (reference, platform, token) =>
            new ValueTask<bool>(invoke(() => FilterScripts.Ask(filter, new OciPlatform(reference, platform), platform.ToString()), token)));

    /// <summary>
    /// Annotations from a hashtable. Other values are converted to text, which may run scripts: call on the pipeline's thread only.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ToAnnotations(IDictionary? annotations)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry annotation in annotations ?? new Hashtable())
        {
            texts[LanguagePrimitives.ConvertTo<string>(annotation.Key)] = ToText(annotation.Value);
        }

        return texts;
    }

    // Dates in RFC 3339 format, as annotations use it.
    private static string ToText(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        DateTime date => date.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture),
        DateTimeOffset date => date.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        _ => LanguagePrimitives.ConvertTo<string>(value) ?? string.Empty,
    };
}
