// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Auth;

/// <summary>A file in which Docker, podman and other tools keep credentials, or name a credential helper.</summary>
/// <remarks>Docker CLI reference, "docker login", section "Credential stores"; <c>containers-auth.json(5)</c>.</remarks>
internal sealed class CredentialFile(string path)
{
    private const int MaximumSize = 8 * 1024 * 1024;

    private static readonly string[] s_sections = ["auths", "credHelpers"];

    /// <summary>The credential for a repository; null if the file has none or does not exist.</summary>
    /// <exception cref="RegistryException">The file is damaged, or the credential helper fails.</exception>
    public async Task<RegistryCredential?> FindAsync(string registry, string repository, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        Content content = Read(registry, repository);
        if (content.Helper is { Length: > 0 } name
            && await new CredentialHelper(name, path)
                .GetAsync(CredentialKey.ForHelper(registry), cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return kept with { Source = $"the program 'docker-credential-{name}', which '{path}' names" };
        }

        return content.Credential is { } credential ? credential with { Source = $"'{path}'" } : null;
    }

    /// <summary>The keys of the credentials in the file; none if it cannot be read.</summary>
    public IReadOnlyList<string> ReadKeys()
    {
        try
        {
            using var json = JsonDocument.Parse(
                ManifestJson.SkipMark(File.ReadAllBytes(path)),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return [.. s_sections.SelectMany(section =>
                json.RootElement.TryGetProperty(section, out JsonElement entries) && entries.ValueKind == JsonValueKind.Object
                    ? entries.EnumerateObject().Select(entry => entry.Name)
                    : [])];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private sealed record Content(string? Helper, RegistryCredential? Credential);

    private Content Read(string registry, string repository)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumSize)
            {
                throw new RegistryException(
                    ErrorIds.InvalidCredentialFile, $"The credential file '{path}' is larger than {MaximumSize} bytes.");
            }

            using var json = JsonDocument.Parse(
                ManifestJson.SkipMark(File.ReadAllBytes(path)),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return new Content(null, null);
            }

            string? helper = Best(json.RootElement, "credHelpers", registry, repository) is { ValueKind: JsonValueKind.String } named
                ? named.GetString()
                : Text(json.RootElement, "credsStore");
            return new Content(helper, Best(json.RootElement, "auths", registry, repository) is { } entry ? Parse(entry) : null);
        }
        catch (Exception error) when (
            error is JsonException or FormatException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // A parser's message may quote the text at the error, which may be a secret.
            string why = error is IOException or UnauthorizedAccessException ? error.Message : "it is not JSON as Docker writes it";
            throw new RegistryException(ErrorIds.InvalidCredentialFile, $"The credential file '{path}' cannot be used: {why}.");
        }
    }

    /// <summary>The entry whose key is the longest match for the repository's name.</summary>
    private static JsonElement? Best(JsonElement json, string name, string registry, string repository)
    {
        if (!json.TryGetProperty(name, out JsonElement entries) || entries.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonElement? best = null;
        int most = -1;
        foreach (JsonProperty entry in entries.EnumerateObject())
        {
            int match = CredentialKey.Match(entry.Name, registry, repository);
            bool saysSomething = entry.Value.ValueKind == JsonValueKind.String
                || (entry.Value.ValueKind == JsonValueKind.Object && entry.Value.EnumerateObject().Any());
            if (match > most && saysSomething)
            {
                (best, most) = (entry.Value, match);
            }
        }

        return best;
    }

    private static RegistryCredential? Parse(JsonElement entry)
    {
        string? user = Text(entry, "username");
        string? password = Text(entry, "password");
        if (Text(entry, "auth") is { Length: > 0 } auth)
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).TrimEnd('\0');
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            (user, password) = colon < 0 ? throw new FormatException() : (pair[..colon], pair[(colon + 1)..]);
        }

        string? identityToken = NullIfEmpty(Text(entry, "identitytoken"));
        string? registryToken = NullIfEmpty(Text(entry, "registrytoken"));
        bool hasPassword = user is not null && password is not null && (password.Length > 0 || identityToken is null);
        return hasPassword || identityToken is not null || registryToken is not null
            ? new RegistryCredential
            {
                UserName = user ?? string.Empty,
                Password = hasPassword ? password : null,
                IdentityToken = identityToken,
                RegistryToken = registryToken,
            }
            : null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
