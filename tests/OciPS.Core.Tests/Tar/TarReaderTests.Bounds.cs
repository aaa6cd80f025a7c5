// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

/// <summary>Archives that are small when they are compressed, and ask for any amount of memory.</summary>
public sealed partial class TarReaderTests
{
    [Theory]
    [InlineData('x')]
    [InlineData('L')]
    [InlineData('K')]
    public async Task ReadAsync_ExtendedHeadersWithoutEnd_ThrowsInBoundedMemory(char type)
    {
        byte[] content = type == 'x' ? TarBuilder.Record("comment", new string('c', 900_000)) : [.. Enumerable.Repeat((byte)'n', 900_000)];
        byte[] one = new TarBuilder().Extended(type, content).ToBytes(end: false);

        long allocated = await AllocatedAsync(() => TarItem.ReadDamagedAsync(new EndlessStream(one), "InvalidTar", type.ToString()));

        Assert.True(allocated < 100_000_000, $"{allocated}");
    }

    [Fact]
    public async Task ReadAsync_GlobalRecordsWithoutEnd_ThrowsInBoundedMemory()
    {
        int number = 0;

        long allocated = await AllocatedAsync(() => TarItem.ReadDamagedAsync(
            new EndlessStream(() => new TarBuilder().Global(
                ($"key{number++}", new string('v', 50_000))).Add($"{number}").ToBytes(end: false)), "InvalidTar", "g"));

        Assert.InRange(number, 15, 40);
        Assert.True(allocated < 200_000_000, $"{allocated}");
    }

    [Fact]
    public async Task ReadAsync_GlobalRecordsSaidAgain_TakeThePlaceOfTheOnesBefore()
    {
        TarBuilder builder = new();
        for (int i = 0; i < 100; i++)
        {
            builder.Global(("comment", new string('c', 50_000)), ("mtime", $"{i}")).Add($"{i}");
        }

        IReadOnlyList<TarEntry> entries = await TarItem.ReadEntriesAsync(new MemoryStream(builder.ToBytes()));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), entries.Select(entry => entry.LastWriteTime.ToUnixTimeSeconds()));
        Assert.All(entries, entry => Assert.InRange(entry.Global.Size, 50_000, 51_000));
    }

    [Fact]
    public async Task ReadAsync_ManyRecords_AreFoundInBoundedTime()
    {
        byte[] records = Sample.Concat(Enumerable.Range(0, 80_000).Select(i => TarBuilder.Record($"k{i}", "")));
        TarBuilder builder = new TarBuilder().Extended('g', records);
        for (int i = 0; i < 20_000; i++)
        {
            builder.Add("a");
        }

        Task<List<TarEntry>> reading = Task.Run(() => TarItem.ReadEntriesAsync(new MemoryStream(builder.ToBytes())));

        Assert.Equal(20_000, (await reading.WaitAsync(TimeSpan.FromSeconds(20))).Count);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task ReadAsync_NameOfManyParts_IsRefusedWhereNoSystemHasIt(int parts, bool isValid)
    {
        string name = string.Join('/', Enumerable.Repeat("a", parts));
        foreach (string key in new[] { "path", "linkpath" })
        {
            byte[] archive = new TarBuilder().Pax((key, name)).Add("a", [], '2').ToBytes();
            if (isValid)
            {
                Assert.Single(await TarItem.ReadEntriesAsync(new MemoryStream(archive)));
            }
            else
            {
                await TarItem.ReadDamagedAsync(new MemoryStream(archive), "InvalidTar", key);
            }
        }
    }

    [Fact]
    public async Task Take_MoreEntriesThanAreHeld_IsTooManyFiles()
    {
        var budget = new EntryBudget(100_000);
        int held = 0;
        using var reader = new TarReader(new EndlessStream(new TarBuilder().Add("some/file").ToBytes(end: false)), "The layer");

        var error = await Assert.ThrowsAsync<InvalidContentException>(async () =>
        {
            while (await reader.ReadAsync(CancellationToken.None) is { } entry)
            {
                budget.Take(entry, "The layer");
                held++;
            }
        });

        Assert.Equal("TooManyFiles", error.ErrorId);
        Assert.InRange(held, 200, 400);
    }

    // What is read is in memory, so that all of it happens on one thread; others do not count.
    private static Task<long> AllocatedAsync(Func<Task> work) => Task.Run(async () =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        await work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }).WaitAsync(TimeSpan.FromSeconds(30));
}
