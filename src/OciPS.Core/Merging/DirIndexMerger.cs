// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Merging;

/// <summary>Adds a manifest list to an image in a directory of the <c>dir:</c> format, so that both are published together.</summary>
/// <remarks>
/// The format is that of containers/image: the list is <c>manifest.json</c>, an image of it <c>HEX.manifest.json</c>, its signatures
/// <c>HEX.signature-N</c>. All new files are complete before the list replaces the manifest in one step: after an interruption, the
/// directory is either unchanged, except for unreferenced files, or complete.
/// </remarks>
internal sealed class DirIndexMerger(string directory, ManifestListFile list, bool force)
{
    private const string SignaturePrefix = "signature-";

    private string ManifestPath => Path.Combine(directory, "manifest.json");

    /// <summary>Whether the directory already has the list; set by <see cref="InspectAsync"/>.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The digest of the directory's image.</summary>
    public Digest Image { get; private set; }

    /// <summary>Checks that the list and the image match; changes nothing.</summary>
    /// <exception cref="InvalidInputException">The list does not contain the image.</exception>
    public async Task InspectAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new ContentNotFoundException(ErrorIds.PathNotFound, $"There is no directory '{directory}'.");
        }

        if (!File.Exists(ManifestPath))
        {
            throw new InvalidContentException(ErrorIds.InvalidLayout, $"'{directory}' is no image directory: it has no manifest.json.");
        }

        string what = $"'{ManifestPath}'";
        byte[] bytes = await ManifestFile.ReadAsync(ManifestPath, cancellationToken).ConfigureAwait(false);
        IsDone = bytes.AsSpan().SequenceEqual(list.Index.Content.Bytes.Span);
        if (IsDone)
        {
            return;
        }

        Image = ManifestFile.GetDigest(bytes, what);
        ManifestContent content = ManifestContent.Identify(bytes, null, Image, what);
        if (!force && MediaTypes.IsIndex(content.MediaType))
        {
            throw new InvalidInputException(
                ErrorIds.ListMismatch, $"{what} is a list already, and another one than '{list.Path}'.")
            {
                Remedy = Remedy.ReplaceList,
            };
        }

        if (!force && !list.Lists(Image))
        {
            throw new InvalidInputException(
                ErrorIds.ListMismatch, $"'{list.Path}' does not list the image in '{directory}' ({Image}), so they do not belong together.")
            {
                Remedy = Remedy.MergeUnlisted,
            };
        }
    }

    /// <summary>Writes the list.</summary>
    public async Task MergeAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (IsDone && Signatures().Length == 0)
        {
            return;
        }

        try
        {
            using PathLock writing = await PathLock.ForFolderAsync(directory, operation.Log, cancellationToken).ConfigureAwait(false);
            if (!IsDone)
            {
                // Another writer may have replaced the image since the inspection.
                await InspectAsync(cancellationToken).ConfigureAwait(false);
            }

            if (!IsDone)
            {
                await CopyAsync(
                    ManifestPath, Path.Combine(directory, $"{Image.Hex}.manifest.json"), cancellationToken).ConfigureAwait(false);
                foreach (string signature in Signatures())
                {
                    await CopyAsync(
                        signature,
                        Path.Combine(directory, $"{Image.Hex}.{Path.GetFileName(signature)}"),
                        cancellationToken).ConfigureAwait(false);
                }

                await CopyAsync(list.Path, ManifestPath, cancellationToken).ConfigureAwait(false);
            }

            DropMovedSignatures();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageWriteError, $"'{directory}' cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Deletes the image's own signatures that have a copy: they would now count as the list's.</summary>
    private void DropMovedSignatures()
    {
        foreach (string signature in Signatures())
        {
            byte[] content = File.ReadAllBytes(signature);
            if (Directory.EnumerateFiles(
                directory, "*." + Path.GetFileName(signature)).Any(copy => File.ReadAllBytes(copy).AsSpan().SequenceEqual(content)))
            {
                File.Delete(signature);
            }
        }
    }

    private string[] Signatures() => Directory.GetFiles(directory, SignaturePrefix + "*")
        .Where(
            path => int.TryParse(Path.GetFileName(path)[SignaturePrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .ToArray();

    /// <summary>Copies a file over another one in one step.</summary>
    private static Task CopyAsync(string source, string target, CancellationToken cancellationToken) => FileReplacement.WriteAsync(
        target,
        async (output, token) =>
        {
            var input = new FileStream(
                source, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous);
            await using (input.ConfigureAwait(false))
            {
                await input.CopyToAsync(output, token).ConfigureAwait(false);
            }
        },
        cancellationToken);
}
