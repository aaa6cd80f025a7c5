// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Operations;
using OciPS.References;

namespace OciPS;

/// <summary>What people are told before files are removed.</summary>
internal static class RemovalTexts
{
    private const int MaximumFiles = 100;

    /// <summary>What -WhatIf and -Confirm say: files, layers and bytes.</summary>
    public static string Describe(ImageReference source, ImageReference destination, FileRemover remover)
    {
        if (remover.IsEmpty)
        {
            return $"Nothing in '{source}' matches: writing it to '{destination}' as it is.";
        }

        var text = new StringBuilder();
        foreach (ImageScan image in remover.Images)
        {
            text.Append(text.Length > 0 ? "\n" : "");
            Describe(text, image, destination);
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, ImageScan image, ImageReference destination)
    {
        RemovalPlan plan = image.Plan;
        string name = image.Node.Entry.Platform is { } platform ? $"'{image.Reference}' ({platform})" : $"'{image.Reference}'";
        if (plan.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"Nothing in {name} matches: it stays as it is.");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"Removing {Count(plan.Removed.Count, "file")} ({plan.RemovedBytes} bytes) from {plan.Edits.Count} of {Count(image.Node.Manifest.Layers.Count, "layer")} of {name}, writing to '{destination}':");
        foreach (ImageFile file in image.RemovedFiles.Take(MaximumFiles))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  layer {file.LayerIndex}: {file.Entry.Name} ({file.Entry.Size} bytes)");
        }

        if (plan.Removed.Count > MaximumFiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {plan.Removed.Count - MaximumFiles} more");
        }

        foreach ((int layer, Tar.TarEntry entry) in plan.Promoted)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  layer {layer}: {entry.Name} takes over the content of '{entry.LinkTarget}'");
        }
    }

    /// <summary>Errors for what was asked for and is not there, or is a directory.</summary>
    public static IEnumerable<OciException> Errors(FileSelection selection, FileRemover remover, ImageReference source)
    {
        foreach (string path in selection.RefusedDirectories)
        {
            yield return new InvalidInputException(
                ErrorIds.DirectoryNotRecursed, $"'{path}' in '{source}' is a directory, and stays. Use -Recurse to remove it with all that is below it.");
        }

        foreach (string path in selection.Missing)
        {
            string why = remover.Images.Select(image => MissingPaths.Explain(image.Plan.View, path)).FirstOrDefault() ?? "there is no image with files.";
            yield return new ContentNotFoundException(ErrorIds.FileNotFoundInImage, $"'{path}' is not in '{source}': {why}");
        }
    }

    /// <summary>Without a destination the source is replaced, which only a tag can be.</summary>
    public static void CheckDestination(ImageReference source, ImageReference destination, bool wasGiven)
    {
        if (!wasGiven && (source.Digest is not null || source.Transport == Transport.DockerArchive))
        {
            throw new InvalidInputException(ErrorIds.InvalidDestination, $"'{source}' itself cannot be replaced. Say with -Destination where the new image goes.");
        }

        Stores.StoreFactory.OpenDestination(destination, new SilentLog()).Dispose();
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
