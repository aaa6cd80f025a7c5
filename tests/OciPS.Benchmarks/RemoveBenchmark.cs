// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.IO.Compression;
using OciPS.Manifests;
using OciPS.Operations;
using OciPS.References;
using OciPS.Stores;

namespace OciPS.Benchmarks;

/// <summary>
/// Two files are removed from two of three gzip layers, registry to registry: beside skopeo and umoci doing it (which leave
/// the content in its layers), and beside GZipStream decompressing the same layers once, a thread for each core.
/// </summary>
internal static class RemoveBenchmark
{
    private const int Count = 5;

    public static async Task RunAsync(string folder)
    {
        string image = await SystemImage.CreateAsync(folder);
        using LocalRegistry registry = await LocalRegistry.StartAsync(folder);
        string source = $"{registry.Host}/source/app:1";
        await CopyAsync(image, source);
        string[] paths = await ChooseAsync(image);
        int round = 0;
        Rounds<(double Ours, double Local, double Theirs, double Inflate, double Upload)> rounds = await Rounds<(double, double, double, double, double)>.RunAsync(Count, async () =>
        {
            round++;
            double ours = await Rounds<double>.TimeAsync(() => RemoveAsync(source, $"{registry.Host}/source/app:ours{round}", paths));
            double local = await Rounds<double>.TimeAsync(() => RemoveAsync(image, $"{image[..^2]}:ours{round}", paths));
            double theirs = await Rounds<double>.TimeAsync(() => RemoveByOthersAsync(Directory.CreateDirectory(Path.Combine(folder, $"round{round}")).FullName, source, $"{registry.Host}/source/app:theirs{round}", paths));
            double inflate = await Rounds<double>.TimeAsync(() => InflateAsync(image));
            double upload = await Rounds<double>.TimeAsync(() => UploadAsync(image, new Uri($"http://{registry.Host}/v2/upload{round}/app/blobs/uploads/")));
            return (ours, local, theirs, inflate, upload);
        });

        Console.WriteLine($"remove {paths.Length} files, registry to registry / skopeo + umoci: {rounds.Describe(times => times.Ours / times.Theirs)}; {rounds.Median(times => times.Ours):0.00} s");
        Console.WriteLine($"remove {paths.Length} files, registry to registry / GZipStream decompressing once, a thread for each core: {rounds.Describe(times => times.Ours / times.Inflate)}");
        Console.WriteLine($"the same from layout to layout, without a registry / GZipStream: {rounds.Describe(times => times.Local / times.Inflate)}");
        Console.WriteLine($"merely uploading two such layers to that registry / GZipStream: {rounds.Describe(times => times.Upload / times.Inflate)}");
    }

    /// <summary>The first plain file of some size in each of the first two layers.</summary>
    private static async Task<string[]> ChooseAsync(string image)
    {
        using PickedImages picked = await ImagePicker.OpenAsync(ImageReference.Parse(image), [], ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        var chosen = new SortedDictionary<int, string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], new SilentLog()).ListAsync(CancellationToken.None))
        {
            if (file.LayerIndex < 2 && file.Entry is { Type: Tar.TarEntryType.File, Size: > 10_000 and < 300_000, Ordinal: > 200 })
            {
                chosen.TryAdd(file.LayerIndex, file.Entry.Name);
            }
        }

        return [.. chosen.Values];
    }

    private static async Task RemoveAsync(string source, string destination, string[] paths)
    {
        var log = new SilentLog();
        using ImageTree tree = await ImageTree.OpenAsync(ImageReference.Parse(source), ManifestMode.PreferMultiArch, log, CancellationToken.None);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, log, CancellationToken.None);
        using FileRemover remover = await FileRemover.ScanAsync(tree, all, FileSelection.ByPath(paths, [], recurse: false), log, CancellationToken.None);
        await remover.PublishAsync(ImageReference.Parse(destination), new WriteOptions(), CancellationToken.None);
    }

    private static async Task RemoveByOthersAsync(string folder, string source, string destination, string[] paths)
    {
        string layout = Path.Combine(folder, "layout");
        string bundle = Path.Combine(folder, "bundle");
        await RunAsync("skopeo", "copy", "--quiet", "--src-tls-verify=false", $"docker://{source}", $"oci:{layout}:1");
        await RunAsync("umoci", "unpack", "--image", $"{layout}:1", bundle);
        foreach (string path in paths)
        {
            File.Delete(Path.Combine(bundle, "rootfs", path));
        }

        await RunAsync("umoci", "repack", "--image", $"{layout}:1", bundle);
        await RunAsync("skopeo", "copy", "--quiet", "--dest-tls-verify=false", $"oci:{layout}:1", $"docker://{destination}");
    }

    private static async Task InflateAsync(string image)
    {
        var reference = ImageReference.Parse(image);
        using IImageStore store = await StoreFactory.OpenAsync(reference, new SilentLog(), CancellationToken.None);
        using PickedImages picked = await ImagePicker.OpenAsync(reference, [], ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        await Parallel.ForEachAsync(
            picked.Images[0].Manifest.Layers.OrderByDescending(layer => layer.Size), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (layer, token) =>
            {
                await using Stream blob = await store.OpenBlobAsync(layer, token);
                await using var gzip = new GZipStream(blob, CompressionMode.Decompress);
                await gzip.CopyToAsync(Stream.Null, token);
            });
    }

    /// <summary>What the registry takes for itself: two plain uploads at once, with nothing done to the bytes.</summary>
    private static async Task UploadAsync(string image, Uri uploads)
    {
        var reference = ImageReference.Parse(image);
        using IImageStore store = await StoreFactory.OpenAsync(reference, new SilentLog(), CancellationToken.None);
        using PickedImages picked = await ImagePicker.OpenAsync(reference, [], ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        using var http = new HttpClient();
        await Parallel.ForEachAsync(picked.Images[0].Manifest.Layers.Take(2), async (layer, token) =>
        {
            using HttpResponseMessage begun = await http.PostAsync(uploads, null, token);
            Uri location = begun.EnsureSuccessStatusCode().Headers.Location!;
            await using Stream blob = await store.OpenBlobAsync(layer, token);
            using var content = new StreamContent(blob, 128 * 1024);
            content.Headers.ContentLength = layer.Size;
            using HttpResponseMessage done = await http.PutAsync(new Uri($"{new Uri(uploads, location)}&digest={layer.Digest}"), content, token);
            done.EnsureSuccessStatusCode();
        });
    }

    private static async Task CopyAsync(string source, string destination)
    {
        using ImageTree tree = await ImageTree.OpenAsync(ImageReference.Parse(source), ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, new SilentLog(), CancellationToken.None);
        await new ImageCopier(tree, all, new WriteOptions(), new SilentLog()).CopyAsync(ImageReference.Parse(destination), withReferrers: false, CancellationToken.None);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
        }
    }
}
