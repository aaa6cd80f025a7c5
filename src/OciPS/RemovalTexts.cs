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
        RemovalPlan plan = remover.Plan;
        if (plan.IsEmpty)
        {
            return $"Nothing in '{source}' matches: writing it to '{destination}' as it is.";
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Removing {Count(plan.Removed.Count, "file")} ({plan.RemovedBytes} bytes) from {plan.Edits.Count} of {Count(remover.LayerCount, "layer")} of '{source}', writing to '{destination}':");
        foreach (ImageFile file in remover.RemovedFiles.Take(MaximumFiles))
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

        return text.ToString();
    }

    /// <summary>Errors for what was asked for and is not there, or is a directory.</summary>
    public static IEnumerable<OciException> Errors(FileSelection selection, RemovalPlan plan, ImageReference source)
    {
        foreach (string path in selection.RefusedDirectories)
        {
            yield return new InvalidInputException(
                ErrorIds.DirectoryNotRecursed, $"'{path}' in '{source}' is a directory, and stays. Use -Recurse to remove it with all that is below it.");
        }

        foreach (string path in selection.Missing)
        {
            yield return new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage, $"'{path}' is not in '{source}': {MissingPaths.Explain(plan.View, path)}");
        }
    }

    /// <summary>Without a destination the source is replaced, which only a tag can be.</summary>
    public static void CheckDestination(ImageReference source, ImageReference destination, bool wasGiven)
    {
        if (!wasGiven && (source.Digest is not null || source.Transport == Transport.DockerArchive))
        {
            throw new InvalidInputException(ErrorIds.InvalidDestination, $"'{source}' itself cannot be replaced. Say with -Destination where the new image goes.");
        }

        Stores.StoreFactory.OpenDestination(destination).Dispose();
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
