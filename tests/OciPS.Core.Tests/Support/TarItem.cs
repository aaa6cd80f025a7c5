// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Tar;

namespace OciPS.Core.Tests.Support;

/// <summary>An entry of an archive with its content, in the form in which readers are compared. Names are their bytes.</summary>
internal sealed record TarItem(
    string Name,
    string Type,
    long Size,
    int Mode,
    long Uid,
    long Gid,
    long Ticks,
    string LinkTarget,
    long Start,
    long ContentStart,
    string Hash)
{
    /// <summary>Reads an archive in every way that there is: they have to agree.</summary>
    public static async Task<IReadOnlyList<TarItem>> ReadAsync(byte[] archive)
    {
        using var folder = new TemporaryFolder();
        using var file = File.OpenHandle(folder.Write("archive.tar", archive));

        IReadOnlyList<TarItem> items = await ReadAsync(new MemoryStream(archive), Way.Async);
        Assert.Equal(items, await ReadAsync(new MemoryStream(archive), Way.Sync));
        Assert.Equal(items, await ReadAsync(new FileRangeStream(file, 0, archive.Length), Way.Async));
        Assert.Equal(items, await ReadAsync(new OneByteStream(archive), Way.Async));
        IReadOnlyList<TarItem> skipped = items.Select(item => item with { Hash = string.Empty }).ToArray();
        Assert.Equal(skipped, await ReadAsync(new MemoryStream(archive), Way.Skip));
        Assert.Equal(skipped, await ReadAsync(new FileRangeStream(file, 0, archive.Length), Way.Skip));
        Assert.Equal(skipped, await ReadAsync(new OneByteStream(archive), Way.Half));
        return items;
    }

    /// <summary>
    /// Reads with all content what can be read, and fails unless the rest is an error of this kind, or none if it is null.
    /// </summary>
    public static async Task<int> ReadDamagedAsync(Stream archive, string? errorId, string context)
    {
        int count = 0;
        using var reader = new TarReader(archive, "The layer");
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            while (await reader.ReadAsync(CancellationToken.None) is { } entry)
            {
                await reader.OpenContent().CopyToAsync(Stream.Null);
                count++;
            }
        });
        string? actual = error is InvalidContentException invalid ? invalid.ErrorId : error?.ToString();
        Assert.True(actual == errorId, $"{context}: {actual ?? "no error"} instead of {errorId ?? "none"}");
        Assert.True(error is null || error.Message.StartsWith("The layer ", StringComparison.Ordinal), error?.Message);
        return count;
    }

    public static async Task<List<TarEntry>> ReadEntriesAsync(Stream archive)
    {
        var entries = new List<TarEntry>();
        using var reader = new TarReader(archive, "The layer");
        while (await reader.ReadAsync(CancellationToken.None) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static async Task<IReadOnlyList<TarItem>> ReadAsync(Stream archive, Way way)
    {
        var items = new List<TarItem>();
        using var reader = new TarReader(archive, "The layer");
        while (await reader.ReadAsync(CancellationToken.None) is { } entry)
        {
            Assert.Equal(items.Count, entry.Ordinal);
            Assert.True(entry.End % 512 == 0 && entry.Start % 512 == 0 && entry.ContentStart > entry.Start);
            items.Add(From(entry, await HashAsync(reader.OpenContent(), way)));
        }

        Assert.Null(await reader.ReadAsync(CancellationToken.None));
        return items;
    }

    private static TarItem From(TarEntry entry, string hash) => new(
        Convert.ToHexStringLower(TarText.Encode(entry.Name)),
        entry.Type.ToString(),
        entry.Size,
        entry.Mode,
        entry.Uid,
        entry.Gid,
        (entry.LastWriteTime - DateTimeOffset.UnixEpoch).Ticks,
        Convert.ToHexStringLower(TarText.Encode(entry.LinkTarget)),
        entry.Start,
        entry.ContentStart + entry.MapLength,
        hash);

    private static async Task<string> HashAsync(Stream content, Way way)
    {
        if (way == Way.Skip || (way == Way.Half && content.Length == 0))
        {
            return string.Empty;
        }

        if (way == Way.Half)
        {
            await content.ReadAtLeastAsync(new byte[(content.Length + 1) / 2], (int)(content.Length + 1) / 2);
            return string.Empty;
        }

        Reading reading = await Reading.FromAsync(content, way == Way.Async, bufferSize: 50_000);
        Assert.Null(reading.Error);
        Assert.Equal(content.Length, reading.Bytes.Length);
        return Sample.Hash(reading.Bytes);
    }

    private enum Way
    {
        Async,
        Sync,
        Skip,
        Half,
    }
}
