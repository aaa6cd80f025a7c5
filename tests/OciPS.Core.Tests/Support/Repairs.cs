// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Repair;

namespace OciPS.Core.Tests.Support;

/// <summary>Repairs images as the cmdlet does.</summary>
internal static class Repairs
{
    /// <summary>Repairs an image in place or into another one.</summary>
    public static async Task<PublishedImage> RunAsync(
        string source, string? destination = null, bool deep = false, RecordingLog? log = null)
    {
        log ??= new RecordingLog();
        using ImageTree tree = await OpenAsync(source, log);
        var repairer = new ImageRepairer(tree, TestSession.Begin(log));
        await repairer.InspectAsync(deep, CancellationToken.None);
        return await repairer.PublishAsync(ImageReference.Parse(destination ?? source), CancellationToken.None);
    }

    /// <summary>Whether an image needs a repair.</summary>
    public static async Task<bool> IsNeededAsync(string source, bool deep = false, RecordingLog? log = null)
    {
        log ??= new RecordingLog();
        using ImageTree tree = await OpenAsync(source, log);
        var repairer = new ImageRepairer(tree, TestSession.Begin(log));
        await repairer.InspectAsync(deep, CancellationToken.None);
        return repairer.IsNeeded;
    }

    private static Task<ImageTree> OpenAsync(string source, RecordingLog log) =>
        ImageTree.OpenAsync(ImageReference.Parse(source), ManifestMode.PreferMultiArch, TestSession.Begin(log), CancellationToken.None);
}
