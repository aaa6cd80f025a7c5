// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Storage.DockerArchives;

/// <summary>An entry of a tarball's <c>manifest.json</c>.</summary>
/// <remarks>Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format".</remarks>
internal sealed record DockerArchiveImage(string Config, IReadOnlyList<string> RepoTags, IReadOnlyList<string> Layers)
{
    private const string ManifestName = "manifest.json";

    public static async Task<IReadOnlyList<DockerArchiveImage>> ReadAllAsync(ArchiveFile archive, CancellationToken cancellationToken)
    {
        string what = $"manifest.json in '{archive.Path}'";
        if (archive.TryFind(ManifestName) is null && archive.TryFind("index.json") is not null)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidArchive, $"'{archive.Path}' has no {ManifestName}.{TransportHint.OciArchive}");
        }

        byte[] bytes = await archive.ReadAllAsync(
            archive.Find(ManifestName), ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(ManifestJson.SkipMark(bytes));
            if (json.RootElement.ValueKind == JsonValueKind.Array && json.RootElement.GetArrayLength() > 0)
            {
                return json.RootElement.EnumerateArray().Select(image => Parse(image, what)).ToArray();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidArchive, $"{what} is not JSON, or has text that is not Unicode: {error.Message}", error);
        }

        throw new InvalidContentException(ErrorIds.InvalidArchive, $"{what} is not a list of images.");
    }

    /// <summary>The full name of an image in a tarball, with registry and tag.</summary>
    public static string ToRepoTag(string name)
    {
        ImageReference image = ReferenceParser.ParseName(name);
        return image.Digest is null
            ? $"{image.Name}:{image.Tag}"
            : throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{name}' names a digest, and an image in a tarball has a repository and a tag. Give 'docker-archive:PATH:REPO:TAG'.");
    }

    private static DockerArchiveImage Parse(JsonElement json, string what)
    {
        ManifestJson.ExpectObject(json, what);
        return new DockerArchiveImage(
            json.RequiredString("Config", what), json.StringList("RepoTags", what), json.StringList("Layers", what));
    }
}
