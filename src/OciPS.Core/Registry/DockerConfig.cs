// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json;

namespace OciPS.Registry;

/// <summary>Credentials in Docker's <c>config.json</c>.</summary>
/// <remarks>Docker CLI reference, "docker login", section "Credential stores"; <c>containers-auth.json(5)</c>.</remarks>
internal static class DockerConfig
{
    private const string DockerHubKey = "https://index.docker.io/v1/";

    /// <summary>The file: in <c>DOCKER_CONFIG</c>, else in <c>~/.docker</c>.</summary>
    public static string FilePath => Path.Combine(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"),
        "config.json");

    /// <summary>The credential for a registry; null if the file has none, or is not there.</summary>
    public static RegistryCredential? Find(string registry)
    {
        string path = FilePath;
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("auths", out JsonElement auths) && auths.ValueKind == JsonValueKind.Object
                ? auths.EnumerateObject().Where(entry => Matches(entry.Name, registry)).Select(entry => Parse(entry.Value)).FirstOrDefault(found => found is not null)
                : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            // The message of a parser may quote what it stumbled over, which may be a secret.
            string why = error is IOException or UnauthorizedAccessException ? error.Message : "it is not JSON as Docker writes it";
            throw new RegistryException(ErrorIds.InvalidCredentialFile, $"The credential file '{path}' cannot be used: {why}.");
        }
    }

    private static bool Matches(string key, string registry)
    {
        if (registry == "docker.io" && (key == DockerHubKey || Host(key) is "index.docker.io" or "registry-1.docker.io"))
        {
            return true;
        }

        return string.Equals(Host(key), registry, StringComparison.OrdinalIgnoreCase);
    }

    private static string Host(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? key : key[(scheme + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest : rest[..slash];
    }

    private static RegistryCredential? Parse(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (Text(entry, "auth") is { Length: > 0 } auth)
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).TrimEnd('\0');
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? throw new FormatException() : new RegistryCredential(pair[..colon], pair[(colon + 1)..]);
        }

        return Text(entry, "username") is { } user && Text(entry, "password") is { } password ? new RegistryCredential(user, password) : null;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
