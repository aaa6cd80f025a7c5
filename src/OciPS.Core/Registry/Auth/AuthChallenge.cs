// SPDX-License-Identifier: MIT

using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace OciPS.Registry.Auth;

/// <summary>A <c>WWW-Authenticate</c> challenge.</summary>
/// <remarks>RFC 7235, section 4.1.</remarks>
internal sealed partial record AuthChallenge(bool IsBearer, string? Realm, string? Service)
{
    /// <summary>The challenge to answer: Bearer rather than Basic.</summary>
    public static AuthChallenge? Choose(IEnumerable<AuthenticationHeaderValue> challenges)
    {
        AuthChallenge? basic = null;
        foreach (AuthenticationHeaderValue challenge in challenges)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                Dictionary<string, string> parameters = Parameters(challenge.Parameter ?? string.Empty);
                return new AuthChallenge(true, parameters.GetValueOrDefault("realm"), parameters.GetValueOrDefault("service"));
            }

            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            {
                basic = new AuthChallenge(false, null, null);
            }
        }

        return basic;
    }

    private static Dictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in ParameterPattern().Matches(text))
        {
            parameters[match.Groups[1].Value] = match.Groups[2].Success
                ? match.Groups[2].Value.Replace("\\\"", "\"", StringComparison.Ordinal)
                : match.Groups[3].Value;
        }

        return parameters;
    }

    [GeneratedRegex("""([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))""", RegexOptions.CultureInvariant)]
    private static partial Regex ParameterPattern();
}
