// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace OciPS.Registry.Http;

/// <summary>The text of an error response, safe to show.</summary>
internal static class RefusalText
{
    private const int MostWords = 1000;

    /// <summary>The text of an error response, safe to show, and whether it was an HTML page.</summary>
    public static async Task<(string Words, bool IsPage)> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken, string? secret = null)
    {
        try
        {
            byte[] body = await response.BufferStartAsync(cancellationToken).ConfigureAwait(false);
            (string words, bool isPage) = RefusalWords.In(body, response.Content.Headers.ContentType?.MediaType);
            return (ForPeople(words, GetSecrets(response.RequestMessage?.Headers.Authorization).Append(secret)), isPage);
        }
        catch (RegistryException)
        {
            return (string.Empty, false);
        }
    }

    /// <summary>The text as a sentence with a full stop.</summary>
    public static string Sentence(string words) => words[^1] is '.' or '!' or '?' or '…' ? words : words + ".";

    /// <summary>The text without terminal control characters; omitted if it repeats a secret.</summary>
    private static string ForPeople(string words, IEnumerable<string?> secrets) =>
        secrets.Any(secret => !string.IsNullOrEmpty(secret) && words.Contains(secret, StringComparison.Ordinal))
        ? string.Empty
        : string.Concat(words.Take(MostWords).Select(
            letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format ? ' ' : letter)).Trim();

    private static IEnumerable<string> GetSecrets(AuthenticationHeaderValue? sent)
    {
        if (sent?.Parameter is not { Length: > 0 } proof)
        {
            yield break;
        }

        yield return proof;
        if (sent.Scheme == "Basic")
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(proof));
            string password = pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
            yield return password.Length > 0 ? password : pair;
        }
    }
}
