// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Layouts;

namespace OciPS.Benchmarks;

/// <summary>Makes an image of one gzip layer of a given size in a layout: files of many sizes, with text as software has it.</summary>
internal static class BenchmarkImage
{
    private static readonly int[] s_fileSizes = [2_000, 20_000, 200_000, 2_000_000];

    public static async Task<string> CreateAsync(string folder, int megabytes)
    {
        var reference = ImageReference.Parse($"oci:{Path.Combine(folder, $"image-{megabytes}")}:1");
        using var store = new OciLayoutStore(reference);
        Digest diffId = default;
        WrittenBlob layer = await store.WriteBlobAsync(
            new BlobSource(
                async (output, _) =>
                {
                    await using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
                    using var hashed = new HashingWriteStream(gzip);
                    await WriteTarAsync(hashed, megabytes * 1_000_000L);
                    diffId = hashed.Finish();
                },
                null),
            CancellationToken.None);
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{diffId}}"]}"""
                + ""","history":[{"created_by":"benchmark"}]}""");
        var configDescriptor = new Descriptor(MediaTypes.OciConfig, Digest.FromBytes(config), config.Length);
        await store.WriteBlobAsync(BlobSource.FromBytes(config, configDescriptor), CancellationToken.None);
        ManifestContent manifest = ManifestEditor.Create(
            ManifestFormat.Oci, configDescriptor, [new Descriptor(MediaTypes.OciLayerGzip, layer.Digest, layer.Size)]);
        await store.PutManifestAsync(manifest, reference.Tag, CancellationToken.None);
        return reference.ToString();
    }

    public static async Task WriteTarAsync(Stream output, long size)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        byte[] text = Text();
        long written = 0;
        for (int file = 0; written < size; file++)
        {
            int length = s_fileSizes[file % s_fileSizes.Length];
            var content = new MemoryStream(text, file * 7919 % (text.Length - length), length);
            await tar.WriteEntryAsync(
                new GnuTarEntry(TarEntryType.RegularFile, $"data/{file % 97}/file{file}.txt") { DataStream = content });
            written += length;
        }

        await tar.WriteEntryAsync(
            new GnuTarEntry(TarEntryType.RegularFile, "secret.key") { DataStream = new MemoryStream("secret"u8.ToArray()) });
    }

    private static byte[] Text()
    {
        var random = new Random(1);
        string[] words = Enumerable.Range(0, 5000)
            .Select(_ => new string([.. Enumerable.Range(0, random.Next(3, 12)).Select(_ => (char)random.Next('a', 'z' + 1))]))
            .ToArray();
        var text = new StringBuilder();
        while (text.Length < 8_000_000)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(12) == 0 ? '\n' : ' ');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
