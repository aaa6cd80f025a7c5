// SPDX-License-Identifier: MIT

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using OciPS.Images;

namespace OciPS;

/// <summary>What writing cmdlets take to say which images of an index they mean, and what is added to their manifests.</summary>
internal static class PlatformFilters
{
    /// <summary>The images that parameters mean.</summary>
    /// <param name="platforms">The value of <c>-Platform</c>.</param>
    /// <param name="filter">The value of <c>-PlatformFilter</c>.</param>
    /// <param name="invoke">Runs something on the pipeline's thread, as scriptblocks must.</param>
    public static PlatformSelection Create(
        IEnumerable<string>? platforms, ScriptBlock? filter, Func<Func<bool>, CancellationToken, Task<bool>> invoke) => new(
        PlatformPatterns.Parse(platforms),
        filter is null ? null : (reference, platform, token) =>
            new ValueTask<bool>(invoke(() => FilterScripts.Ask(filter, new OciPlatform(reference, platform), platform.ToString()), token)));

    /// <summary>
    /// Annotations out of a hashtable; what is no text becomes its text, for which objects may run scripts: on the pipeline's thread only.
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

    // Dates as RFC 3339 has them, which is how annotations say when.
    private static string ToText(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        DateTime date => date.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture),
        DateTimeOffset date => date.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        _ => LanguagePrimitives.ConvertTo<string>(value) ?? string.Empty,
    };
}
