// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Images;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.BuildInputs;

/// <summary>Reads the inputs of a build stage: images in files and directories, and their manifest lists.</summary>
internal static class ContainerInputs
{
    private const string DirectoryFormat = "dir";
    private const string ArchiveFormat = "oci-archive";

    /// <summary>All images, each with its list.</summary>
    /// <param name="json">The inputs.</param>
    /// <param name="folder">The folder that relative paths in them are relative to.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OciException">An input is invalid; no image is returned.</exception>
    public static async Task<IReadOnlyList<ContainerSource>> ReadAsync(
        ReadOnlyMemory<byte> json, string folder, CancellationToken cancellationToken)
    {
        (Input images, Input? lists) = Parse(json, folder);
        var files = new List<ManifestListFile>();
        foreach (InputItem list in lists?.Items ?? [])
        {
            files.Add(await ManifestListFile.ReadAsync(list.Path, cancellationToken).ConfigureAwait(false));
        }

        var sources = new List<ContainerSource>();
        var used = new HashSet<ManifestListFile>();
        foreach (InputItem image in images.Items)
        {
            ManifestListFile? list = await FindListAsync(image, files, cancellationToken).ConfigureAwait(false);
            if (list is not null)
            {
                used.Add(list);
            }

            sources.Add(new ContainerSource(image.Name ?? string.Empty, image.Format!, image.Path, image.Checksum, list?.Path));
        }

        ManifestListFile[] unused = files.Where(file => !used.Contains(file)).ToArray();
        return unused.Length == 0
            ? sources
            : throw new InvalidInputException(
                ErrorIds.UnmatchedList,
                $"No image of the inputs belongs to {string.Join(" or with ", unused.Select(file => $"'{file.Path}'"))}: an image is "
                    + "missing, the list belongs to others, or another list that comes later names the same images.");
    }

    private static (Input Images, Input? Lists) Parse(ReadOnlyMemory<byte> json, string folder)
    {
        try
        {
            return ManifestJson.Read(json, ErrorIds.InvalidInputs, "The inputs", root => (
                Input.Parse(root, "images", "archives", folder)
                    ?? throw new InvalidContentException(ErrorIds.InvalidInputs, "The inputs have no 'images'."),
                HasLists(root) ? Input.Parse(root, "manifest-lists", "files", folder) : null));
        }
        catch (InvalidContentException error) when (error.ErrorId == ErrorIds.InvalidManifest)
        {
            throw new InvalidContentException(ErrorIds.InvalidInputs, error.Message, error);
        }
    }

    /// <summary>An empty object means no lists, as in osbuild's stages.</summary>
    private static bool HasLists(JsonElement root) => root.TryGetProperty("manifest-lists", out JsonElement lists)
        && !(lists.ValueKind == JsonValueKind.Object && !lists.EnumerateObject().Any());

    private static async Task<ManifestListFile?> FindListAsync(
        InputItem image, List<ManifestListFile> files, CancellationToken cancellationToken)
    {
        if (image.Format is not (DirectoryFormat or ArchiveFormat))
        {
            throw new InvalidInputException(
                ErrorIds.InvalidInputs,
                $"The image '{image.Checksum}' of the inputs has the format '{image.Format}', which is not known; '{DirectoryFormat}' and "
                    + $"'{ArchiveFormat}' are.");
        }

        bool isThere = image.Format == DirectoryFormat ? Directory.Exists(image.Path) : File.Exists(image.Path);
        if (!isThere)
        {
            throw new ContentNotFoundException(
                ErrorIds.PathNotFound,
                $"There is no {(image.Format == DirectoryFormat ? "directory" : "file")} '{image.Path}', which the inputs name as an "
                    + "image.");
        }

        if (image.Format != DirectoryFormat)
        {
            return null;
        }

        string path = Path.Combine(image.Path, "manifest.json");
        Digest manifest = ManifestFile.GetDigest(await ManifestFile.ReadAsync(path, cancellationToken).ConfigureAwait(false), $"'{path}'");

        // If several lists name the image, the last one is used, as in osbuild's stages.
        return files.FindLast(file => file.Lists(manifest));
    }

    private sealed record InputItem(string Checksum, string Path, string? Format, string? Name);

    private sealed record Input(IReadOnlyList<InputItem> Items)
    {
        public static Input? Parse(JsonElement root, string name, string kind, string folder)
        {
            if (!root.TryGetProperty(name, out JsonElement input) || input.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            string what = $"'{name}' of the inputs";
            ManifestJson.ExpectObject(input, what);
            string path = Path.GetFullPath(input.RequiredString("path", what), folder);
            if (!input.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Object
                || !data.TryGetProperty(kind, out JsonElement items) || items.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidContentException(ErrorIds.InvalidInputs, $"{what} have no 'data' with '{kind}' in it.");
            }

            return new Input(items.EnumerateObject().Select(item => ParseItem(item, path, what)).ToArray());
        }

        private static InputItem ParseItem(JsonProperty item, string folder, string what)
        {
            ManifestJson.ExpectObject(item.Value, $"'{item.Name}' in {what}");
            return new InputItem(
                item.Name,
                ContainedPath.Find(folder, item.Name, what),
                item.Value.OptionalString("format", what),
                item.Value.OptionalString("name", what));
        }
    }
}
