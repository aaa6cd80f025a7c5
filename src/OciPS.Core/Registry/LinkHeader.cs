// SPDX-License-Identifier: MIT

namespace OciPS.Registry;

/// <summary>Finds the page that follows an answer.</summary>
/// <remarks>RFC 8288; distribution specification, "Listing Tags".</remarks>
internal static class LinkHeader
{
    /// <summary>The address of the next page; null where this was the last one.</summary>
    public static Uri? NextOf(HttpResponseMessage response)
    {
        IEnumerable<string> links = response.Headers.TryGetValues("Link", out IEnumerable<string>? values) ? values : [];
        foreach (string link in links.SelectMany(Split))
        {
            int end = link.IndexOf('>', StringComparison.Ordinal);
            if (link.StartsWith('<') && end > 0 && IsNext(link[(end + 1)..])
                && Uri.TryCreate(response.RequestMessage!.RequestUri!, link[1..end], out Uri? next))
            {
                return next;
            }
        }

        return null;
    }

    // A comma may also be part of an address, which stands between angle brackets.
    private static IEnumerable<string> Split(string header)
    {
        int start = 0;
        bool inAddress = false;
        for (int i = 0; i < header.Length; i++)
        {
            inAddress = header[i] == '<' || (inAddress && header[i] != '>');
            if (header[i] == ',' && !inAddress)
            {
                yield return header[start..i].Trim();
                start = i + 1;
            }
        }

        yield return header[start..].Trim();
    }

    private static bool IsNext(string parameters) => parameters.Split(';', StringSplitOptions.TrimEntries)
        .Any(parameter => parameter.Replace("\"", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Equals("rel=next", StringComparison.OrdinalIgnoreCase));
}
