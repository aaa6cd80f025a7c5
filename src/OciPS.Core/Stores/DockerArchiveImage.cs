// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests;

namespace OciPS.Stores;

/// <summary>An entry of a tarball's <c>manifest.json</c>.</summary>
/// <remarks>Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format".</remarks>
internal sealed record DockerArchiveImage(string Config, IReadOnlyList<string> RepoTags, IReadOnlyList<string> Layers)
{
    private const string ManifestName = "manifest.json";

    public static async Task<IReadOnlyList<DockerArchiveImage>> ReadAllAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        string what = $"manifest.json in '{archive.Path}'";
        byte[] bytes = await archive.ReadAllAsync(archive.Find(ManifestName), ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind == JsonValueKind.Array && json.RootElement.GetArrayLength() > 0)
            {
                return json.RootElement.EnumerateArray().Select(image => Parse(image, what)).ToArray();
            }
        }
        catch (JsonException error)
        {
            throw new InvalidContentException(ErrorIds.InvalidArchive, $"{what} is not JSON: {error.Message}", error);
        }

        throw new InvalidContentException(ErrorIds.InvalidArchive, $"{what} is not a list of images.");
    }

    private static DockerArchiveImage Parse(JsonElement json, string what)
    {
        ManifestJson.ExpectObject(json, what);
        return new DockerArchiveImage(json.RequiredString("Config", what), json.StringList("RepoTags", what), json.StringList("Layers", what));
    }
}
