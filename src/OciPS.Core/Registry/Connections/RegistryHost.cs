// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry.Connections;

/// <summary>Parses the name of a registry as users write it: a host, or the address in a browser.</summary>
internal static class RegistryHost
{
    private const string Https = "https://";

    /// <summary>The registry's host as references name it.</summary>
    /// <exception cref="InvalidInputException">The text is not a host.</exception>
    public static string Parse(string text)
    {
        string host = WithoutScheme(text);
        if (ReferenceParser.IsHost(host))
        {
            return ReferenceParser.GetRegistry(host);
        }

        throw new InvalidInputException(
            ErrorIds.InvalidRegistry, $"'{text}' is not a registry's host, such as 'registry.example.com' or 'localhost:5000'.")
        {
            Remedy = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? Remedy.NamePlainHttpHost : Remedy.None,
        };
    }

    public static string WithoutScheme(string text) =>
        (text.StartsWith(Https, StringComparison.OrdinalIgnoreCase) ? text[Https.Length..] : text).TrimEnd('/');
}
