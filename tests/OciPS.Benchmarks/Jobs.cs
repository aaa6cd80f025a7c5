// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Copying;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Publishing;
using OciPS.References;
using OciPS.Removal;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Benchmarks;

/// <summary>What is measured: that which the cmdlets call, as in a running session; and .NET's decompressor on the same layers.</summary>
internal static class Jobs
{
    private static readonly OciSession s_session = new();

    public static async Task CopyAsync(string source, string destination)
    {
        using ImageTree tree = await OpenTreeAsync(source);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, s_session.BeginQuietly(), CancellationToken.None);
        await new ImageCopier(tree, all, new WriteOptions(), s_session.BeginQuietly())
            .CopyAsync(ImageReference.Parse(destination), withReferrers: false, CancellationToken.None);
    }

    public static async Task RemoveAsync(string source, string destination, string[] paths)
    {
        using ImageTree tree = await OpenTreeAsync(source);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, s_session.BeginQuietly(), CancellationToken.None);
        using FileRemover remover = await FileRemover.ScanAsync(
            tree, all, FileSelection.ByPath(paths, [], recurse: false), s_session.BeginQuietly(), CancellationToken.None);
        await remover.PublishAsync(ImageReference.Parse(destination), new WriteOptions(), CancellationToken.None);
    }

    public static Task PublishAsync(string tarball, string destination) =>
        new ArchivePublisher(tarball, null, s_session.BeginQuietly()).PublishAsync(
            [ImageReference.Parse(destination)], null, CancellationToken.None);

    /// <summary>Lists all files, and does something with some of them.</summary>
    public static async Task ListAsync(string reference, Func<ImageFile, Task>? work = null, IOperationLog? log = null)
    {
        using SelectedImages picked = await OpenAsync(reference, log);
        await foreach (ImageFile file in new FileLister(picked.Images[0], new OperationContext(
            s_session, log ?? new NullLog())).ListAsync(CancellationToken.None))
        {
            await (work?.Invoke(file) ?? Task.CompletedTask);
        }
    }

    /// <summary>Decompresses all layers with GZipStream, several at once.</summary>
    public static async Task InflateAsync(string reference, int threads)
    {
        using SelectedImages picked = await OpenAsync(reference);
        IImageStore store = picked.Images[0].Store;
        await Parallel.ForEachAsync(LargestFirst(picked), new ParallelOptions { MaxDegreeOfParallelism = threads }, async (layer, token) =>
        {
            await using Stream blob = await store.OpenBlobAsync(layer, token);
            await using var gzip = new GZipStream(blob, CompressionMode.Decompress);
            await gzip.CopyToAsync(Stream.Null, token);
        });
    }

    /// <summary>What a registry takes for itself: some layers are uploaded at once, with nothing done to their bytes.</summary>
    public static async Task UploadAsync(string reference, int count, Uri uploads)
    {
        using SelectedImages picked = await OpenAsync(reference);
        IImageStore store = picked.Images[0].Store;
        using var http = new HttpClient();
        await Parallel.ForEachAsync(picked.Images[0].Manifest.Layers.Take(count), async (layer, token) =>
        {
            using HttpResponseMessage begun = await http.PostAsync(uploads, null, token);
            Uri location = begun.EnsureSuccessStatusCode().Headers.Location!;
            await using Stream blob = await store.OpenBlobAsync(layer, token);
            using var content = new StreamContent(blob, 128 * 1024);
            content.Headers.ContentLength = layer.Size;
            using HttpResponseMessage done = await http.PutAsync(
                new Uri($"{new Uri(uploads, location)}&digest={layer.Digest}"), content, token);
            done.EnsureSuccessStatusCode();
        });
    }

    private static Task<ImageTree> OpenTreeAsync(string reference) =>
        ImageTree.OpenAsync(
            ImageReference.Parse(reference), ManifestMode.PreferMultiArch, s_session.BeginQuietly(), CancellationToken.None);

    private static Task<SelectedImages> OpenAsync(string reference, IOperationLog? log = null) =>
        ImagePicker.OpenAsync(
            ImageReference.Parse(reference),
            [],
            ManifestMode.PreferMultiArch,
            new OperationContext(s_session, log ?? new NullLog()),
            CancellationToken.None);

    private static IEnumerable<Descriptor> LargestFirst(SelectedImages picked) =>
        picked.Images[0].Manifest.Layers.OrderByDescending(layer => layer.Size);
}
