// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;

namespace OciPS.Registry.Http;

/// <summary>Finds the next page of a paged response.</summary>
/// <remarks>RFC 8288, section 3; distribution specification, "Listing Tags".</remarks>
internal static partial class LinkHeader
{
    /// <summary>The address of the next page, on the requested host; null on the last page.</summary>
    /// <remarks>Registries behind a proxy may name an internal host, so only path and query are used.</remarks>
    public static Uri? GetNext(HttpResponseMessage response)
    {
        IEnumerable<string> headers = response.Headers.TryGetValues("Link", out IEnumerable<string>? values) ? values : [];
        foreach (Match link in headers.SelectMany(header => Link().Matches(header)))
        {
            if (IsNext(link.Groups["parameters"].Value)
                && Uri.TryCreate(response.RequestMessage!.RequestUri!, link.Groups["address"].Value, out Uri? next))
            {
                return new Uri(response.RequestMessage.RequestUri!, next.PathAndQuery);
            }
        }

        return null;
    }

    // Only the first rel counts; it may name several relations.
    private static bool IsNext(string parameters) => Parameter().Matches(parameters)
        .FirstOrDefault(parameter => parameter.Groups["name"].Value.Equals("rel", StringComparison.OrdinalIgnoreCase)) is { } rel
        && rel.Groups["value"].Value.Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);

    // Commas and semicolons may also be part of an address, between angle brackets, or of a value in quotes.
    [GeneratedRegex("""<(?<address>[^>]*)>(?<parameters>(?:[^",]|"(?:[^"\\]|\\.)*")*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(
        """\s*;\s*(?<name>[^=;"\s]+)\s*(?:=\s*(?:"(?<value>(?:[^"\\]|\\.)*)"|(?<value>[^;"\s]*)))?""", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
