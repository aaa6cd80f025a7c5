// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Splicing;
using OciPS.Tar;
using Xunit.Abstractions;

namespace OciPS.Core.Tests.Fuzz;

/// <summary>Readers of what strangers send, given more than 20,000 damaged inputs from fixed seeds.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    // No more of a file's content is read: a sparse one may be of any size.
    private const int MostContent = 256 * 1024;

    private const long MostDecompressed = 16 * 1024 * 1024;

    [Fact]
    public void Tar_Mutated_IsReadOrRefused() =>
        new FuzzRun("tar", 1_000_000, output).Run(9_000, TarMutator.Mutate, static tar => ReadTar(tar));

    [Fact]
    public void Tar_MutatedAndFiltered_IsATarWithoutWhatWasRemoved() =>
        new FuzzRun("tar", 2_000_000, output).Run(3_000, TarMutator.Mutate, FilterTar);

    [Theory]
    [InlineData("gzip", 4_000)]
    [InlineData("zstd", 3_000)]
    [InlineData("bzip2", 300)]
    [InlineData("xz", 1_000)]
    public void Compressed_Mutated_IsReadOrRefused(string kind, int count) => new FuzzRun(kind, 3_000_000, output).Run(
        count, Mutator.Mutate, static bytes => Decompress(bytes));

    [Theory]
    [InlineData("manifest")]
    [InlineData("index")]
    [InlineData("config")]
    [InlineData("schema1")]
    public void Document_Mutated_IsReadOrRefused(string kind) => new FuzzRun(kind, 4_000_000, output).Run(
        2_000, JsonMutator.Mutate, json => DocumentReading.Read(kind, json));

    private static List<(TarEntry Entry, EntryHeaders Headers)> ReadTar(byte[] tar)
    {
        var entries = new List<(TarEntry, EntryHeaders)>();
        using var reader = new TarReader(new MemoryStream(tar), "The layer");
        byte[] buffer = new byte[16 * 1024];
        while (Done(reader.ReadAsync(CancellationToken.None)) is { } entry)
        {
            Stream content = reader.OpenContent();
            Assert.True(content.Length >= 0 && entry.Start < entry.ContentStart && entry.End >= entry.ContentStart);
            int left = MostContent;
            int count;
            while (left > 0 && (count = content.Read(buffer.AsSpan(0, Math.Min(buffer.Length, left)))) > 0)
            {
                left -= count;
            }

            EntryHeaders headers = EntryHeaders.Parse(tar.AsSpan((int)entry.Start, (int)(entry.ContentStart - entry.Start)));
            entries.Add((entry, headers));
        }

        return entries;
    }

    /// <summary>Removes every third entry, renames and relinks others; what comes out is read again.</summary>
    private static void FilterTar(byte[] tar)
    {
        List<(TarEntry Entry, EntryHeaders Headers)> entries = ReadTar(tar);
        var edits = new List<ByteEdit>();
        var expected = new List<string>();
        foreach ((TarEntry entry, EntryHeaders headers) in entries)
        {
            switch (entry.Ordinal % 3)
            {
                case 0:
                    edits.Add(new ByteEdit(entry.Start, entry.End));
                    break;
                case 1:
                    headers.Rename($"renamed/{entry.Ordinal}{new string('n', entry.Ordinal * 60)}", entry.Global);
                    headers.Relink($"relinked/{entry.Ordinal}", entry.Global);
                    edits.Add(ByteEdit.Replace(entry.Start, entry.ContentStart, headers.ToBytes()));
                    expected.Add($"renamed/{entry.Ordinal}{new string('n', entry.Ordinal * 60)}");
                    break;
                default:
                    expected.Add(entry.Name);
                    break;
            }
        }

        using var filtered = new MemoryStream();
        StreamEditor.ApplyAsync(new MemoryStream(tar), edits, filtered, CancellationToken.None).GetAwaiter().GetResult();
        Assert.Equal(expected, ReadTar(filtered.ToArray()).Select(entry => entry.Entry.Name));
    }

    private static void Decompress(byte[] bytes)
    {
        using LayerDecompressor stream = Done(
            new ValueTask<LayerDecompressor>(LayerDecompressor.OpenAsync(new MemoryStream(bytes), "The layer", CancellationToken.None)));
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        int count;
        while (total < MostDecompressed && (count = Done(stream.ReadAsync(buffer))) > 0)
        {
            total += count;
        }
    }

    private static T Done<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted, "Something waited, so that what it takes is not measured.");
        return task.GetAwaiter().GetResult();
    }
}
