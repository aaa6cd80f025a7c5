// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Removal;
using OciPS.Tar;
using OciPS.Views;

namespace OciPS;

/// <summary>The texts that users see before files are removed.</summary>
internal static class RemovalTexts
{
    private const int MaximumFiles = 100;

    /// <summary>The text for -WhatIf and -Confirm: files, layers, bytes, links, and the predicted digest.</summary>
    /// <param name="source">The source.</param>
    /// <param name="destination">The destination of the new image.</param>
    /// <param name="remover">The planned removal.</param>
    /// <param name="expected">The predicted digest of the new image; null if unknown.</param>
    /// <param name="keepsAttestations">Whether attestations of changed images are kept.</param>
    public static string Describe(
        ImageReference source, ImageReference destination, FileRemover remover, Digest? expected, bool keepsAttestations)
    {
        IEnumerable<string> images = !remover.IsEmpty ? remover.Images.Select(image => Describe(image, destination))

            : expected == remover.SourceDigest
            ? [$"Nothing in '{source}' matches: writing it to '{destination}' as it is ({remover.SourceDigest})."]
            : [$"Nothing in '{source}' matches: writing it to '{destination}' with what else is to "
                + $"change{(expected is null ? "" : $" ({expected})")}."];
        IEnumerable<string> unchosen = remover.Unchosen.Select(
            node => $"Leaving out {TerminalText.Escape(node.Entry.DisplayName())}, which was not chosen.");
        IEnumerable<string> stale = keepsAttestations ? [] : remover.StaleAttestations.Select(node =>
            $"Leaving out an attestation ({node.Digest}) of {node.Entry.DescribedDigest()}, which changes.");
        return string.Join('\n', [.. images, .. unchosen, .. stale]);
    }

    private static string Describe(PlannedRemoval image, ImageReference destination)
    {
        RemovalPlan plan = image.Plan;
        string name = TerminalText.Escape(
            image.Node.Entry.Platform is { } platform ? $"'{image.Reference}' ({platform})" : $"'{image.Reference}'");
        if (plan.IsEmpty)
        {
            return $"Nothing in {name} matches: it stays as it is ({image.Node.Digest}).";
        }

        IReadOnlyList<Descriptor> layers = image.Node.Manifest.Layers;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"Removing {Count(plan.Removed.Count, "file")} ({plan.RemovedBytes} bytes) from {plan.Decisions.Count} of "
                + $"{Count(layers.Count, "layer")} of {name}, writing to '{TerminalText.Escape(destination.ToString())}':");
        foreach (ImageFile file in image.RemovedFiles.Take(MaximumFiles))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n  layer {file.LayerIndex}: {TerminalText.Escape(ShownPath.Show(file.Entry.Name))} ({file.Entry.Size} bytes)");
        }

        if (plan.Removed.Count > MaximumFiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {plan.Removed.Count - MaximumFiles} more");
        }

        foreach ((int layer, TarEntry entry) in plan.Promoted)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n  layer {layer}: {TerminalText.Escape(ShownPath.Show(entry.Name))} takes over the content of "
                    + $"'{TerminalText.Escape(ShownPath.Show(entry.LinkTarget))}'");
        }

        for (int index = 0; index < layers.Count; index++)
        {
            string what = plan.Decisions.ContainsKey(index) ? "is rewritten" : "stays as it is";
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n  layer {index} ({layers[index].Digest.Short}, {DisplayText.Size(layers[index].Size)}) {what}");
        }

        return text.ToString();
    }

    /// <summary>The errors for requested paths that do not exist or are directories; with any of them the image is not written.</summary>
    public static IEnumerable<OciException> Errors(FileSelection selection, FileRemover remover, ImageReference source, bool ignoreMissing)
    {
        foreach (string path in selection.RefusedDirectories)
        {
            yield return new InvalidInputException(
                ErrorIds.DirectoryNotRecursed,
                $"'{ShownPath.Show(path)}' in '{source}' is a directory, so that the image is not written. Use -Recurse to remove it with "
                    + "all that is below it.");
        }

        foreach (string path in ignoreMissing ? [] : selection.Missing)
        {
            string why = remover.Images.Select(image => MissingPaths.Explain(image.Plan.View, path)).FirstOrDefault()
                ?? "there is no image with files.";
            yield return new ContentNotFoundException(
                ErrorIds.FileNotFoundInImage,
                $"'{ShownPath.Show(path)}' is not in '{source}', so that the image is not written: {why} -IgnoreMissing writes images "
                    + "without such paths.");
        }
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
