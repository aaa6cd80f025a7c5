// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Removal;
using OciPS.Storage;

namespace OciPS.Core.Tests.Support;

/// <summary>Short ways to do with images what the cmdlets do.</summary>
internal static class TestImages
{
    public static async Task<ManifestContent> ResolveAsync(string reference, ManifestMode mode = ManifestMode.PreferMultiArch)
    {
        ImageReference parsed = ImageReference.Parse(reference);
        using IImageStore store = await StoreFactory.OpenAsync(parsed, TestSession.Begin(), CancellationToken.None);
        return await ManifestResolver.ResolveAsync(store, parsed, mode, CancellationToken.None);
    }

    public static Task<SelectedImages> OpenAsync(string reference, params string[] platforms) => ImagePicker.OpenAsync(
        ImageReference.Parse(reference), platforms.Select(Platform)
            .ToArray(), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);

    /// <summary>A platform in which <c>*</c> stands for a whole part.</summary>
    public static PlatformPattern Platform(string text) =>
        PlatformPattern.Parse(
            text, part => part.Contains('*', StringComparison.Ordinal), part => part == "*" ? _ => true : value => value == part);

    public static PlatformSelection Select(params string[] platforms) => new(platforms.Select(Platform).ToArray(), null);

    public static async Task<PublishedImage> CopyAsync(
        string source,
        string destination,
        WriteOptions? options = null,
        PlatformSelection? platforms = null,
        bool withReferrers = false,
        RecordingLog? log = null)
    {
        log ??= new RecordingLog();
        options ??= new WriteOptions { Attestations = AttestationRule.Follow };
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse(source), options.Mode, TestSession.Begin(log), CancellationToken.None);
        IReadOnlySet<ImageNode> kept = await (platforms ?? PlatformSelection.All).SelectAsync(
            tree, TestSession.Begin(log), CancellationToken.None);
        return await new ImageCopier(tree, kept, options, TestSession.Begin(log))
            .CopyAsync(ImageReference.Parse(destination), withReferrers, CancellationToken.None);
    }

    public static async Task<RewrittenImage> RemoveAsync(
        string source,
        string destination,
        FileSelection selection,
        RecordingLog? log = null,
        WriteOptions? options = null,
        PlatformSelection? platforms = null)
    {
        log ??= new RecordingLog();
        options ??= new WriteOptions();
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse(source), options.Mode, TestSession.Begin(log), CancellationToken.None);
        IReadOnlySet<ImageNode> kept = await (platforms ?? PlatformSelection.All).SelectAsync(
            tree, TestSession.Begin(log), CancellationToken.None);
        using FileRemover remover = await FileRemover.ScanAsync(tree, kept, selection, TestSession.Begin(log), CancellationToken.None);
        foreach (string warning in remover.Images.SelectMany(image => image.Plan.Warnings))
        {
            log.Warning(warning);
        }

        return await remover.PublishAsync(ImageReference.Parse(destination), options, CancellationToken.None);
    }

    public static Task<RewrittenImage> RemoveAsync(string source, string destination, params string[] paths) =>
        RemoveAsync(source, destination, FileSelection.ByPath(paths, [], recurse: false));
}
