// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed partial class TarReaderTests
{
    private const int ManyEntries = 20_000;

    [Theory]
    [InlineData("usr/share/file", '0')]
    [InlineData("usr/share/doc/", '5')]
    [InlineData("./usr/share/file", '0')]
    public async Task Read_ManyEntries_AllocatesTheEntriesAlone(string name, char type)
    {
        byte[] tar = GetTar(name, type);
        var entries = new List<TarEntry>(ManyEntries);

        long read = await AllocatedByAsync(() => ReadAllAsync(tar, entries.Add));

        long least = await AllocatedByAsync(() => ForEachAsync(entries, Copy));
        // A name that has to be cleaned is made twice.
        long names = TarPath.Clean(name) == name ? 0 : await AllocatedByAsync(() => ForEachAsync(entries, _ => new string(name)));
        Assert.Equal(ManyEntries, entries.Count);
        Assert.InRange(read, least, least + names + (least / 100));
    }

    private static byte[] GetTar(string name, char type)
    {
        byte[] header = TarBuilder.Header(name, type: type);
        return [.. Enumerable.Repeat(header, ManyEntries).SelectMany(block => block)];
    }

    // All is in memory, so nothing is waited for.
    private static async Task ReadAllAsync(byte[] tar, Action<TarEntry> found)
    {
        using var reader = new TarReader(new MemoryStream(tar), "It");
        while (await reader.ReadAsync(CancellationToken.None) is { } entry)
        {
            found(entry);
        }
    }

    private static async Task<long> AllocatedByAsync(Func<Task> work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        await work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Task ForEachAsync(List<TarEntry> entries, Func<TarEntry, object> make)
    {
        entries.ForEach(entry => make(entry));
        return Task.CompletedTask;
    }

    private static TarEntry Copy(TarEntry entry) => new()
    {
        Name = new string(entry.Name),
        Type = entry.Type,
        Size = entry.Size,
        LinkTarget = string.Empty,
        Ordinal = entry.Ordinal,
        Start = entry.Start,
        ContentStart = entry.ContentStart,
        StoredSize = entry.StoredSize,
    };
}
