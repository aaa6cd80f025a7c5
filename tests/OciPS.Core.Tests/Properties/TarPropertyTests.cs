// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Text.Json;
using CsCheck;
using OciPS.Core.Tests.Support;
using OciPS.Splicing;
using Xunit.Abstractions;
using TarReader = OciPS.Tar.TarReader;

namespace OciPS.Core.Tests.Properties;

/// <summary>Archives of random entries, written by others.</summary>
public sealed class TarPropertyTests(ITestOutputHelper output)
{
    private const string Write = """
        import base64, io, json, sys, tarfile
        formats = {'pax': tarfile.PAX_FORMAT, 'gnu': tarfile.GNU_FORMAT, 'ustar': tarfile.USTAR_FORMAT}
        for number, archive in enumerate(json.load(sys.stdin)):
            with tarfile.open(f'{sys.argv[1]}/{number}.tar', 'w', format=formats[sys.argv[2]], encoding='utf-8') as tar:
                for entry in archive:
                    member = tarfile.TarInfo(entry['Name'])
                    member.type = entry['Kind'].encode()
                    content = base64.b64decode(entry['Content'])
                    member.size, member.linkname, member.mode = len(content), entry['Link'], entry['Mode']
                    member.uid, member.gid, member.mtime = entry['Uid'], entry['Gid'], entry['Seconds']
                    tar.addfile(member, io.BytesIO(content))
        """;

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.V7)]
    public Task Read_WrittenByDotNet_IsWhatWasWritten(TarEntryFormat format) =>
        Entries(format is TarEntryFormat.Pax or TarEntryFormat.Gnu).SampleAsync(
            async entries =>
                Assert.Equal(entries.Select(entry => entry.Expected), await ReadAsync(ArchiveEntry.Write(entries, format))), iter: 300);

    [PeerTheory("python3")]
    [InlineData("pax")]
    [InlineData("gnu")]
    [InlineData("ustar")]
    public Task Read_WrittenByPython_IsWhatWasWritten(string format) => Entries(format != "ustar").Array[150, 150].SampleAsync(
        async archives =>
        {
            using var folder = new TemporaryFolder();
            Tool.Filter(JsonSerializer.SerializeToUtf8Bytes(archives), "python3", "-c", Write, folder.Path, format);
            for (int i = 0; i < archives.Length; i++)
            {
                Assert.Equal(archives[i].Select(entry => entry.Expected), await ReadAsync(File.ReadAllBytes(folder[$"{i}.tar"])));
            }

            output.WriteLine($"{format}: {archives.Length} archives of {archives.Sum(archive => archive.Length)} entries");
        },
        iter: 1);

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public Task Patch_AnyEntriesRemoved_DotNetReadsTheOthers(TarEntryFormat format) =>
        Gen.Select(Entries(isLong: true), Gen.ULong).SampleAsync(
        async (entries, removed) =>
        {
            byte[] archive = ArchiveEntry.Write(entries, format);
            List<OciPS.Tar.TarEntry> all = await TarItem.ReadEntriesAsync(new MemoryStream(archive));
            ByteEdit[] edits = all.Where((_, i) => IsSet(removed, i)).Select(entry => new ByteEdit(entry.Start, entry.End)).ToArray();
            using var filtered = new MemoryStream();

            await StreamEditor.ApplyAsync(new MemoryStream(archive), edits, filtered, CancellationToken.None);

            Assert.Equal(DotNetNames(archive).Where((_, i) => !IsSet(removed, i)), DotNetNames(filtered.ToArray()));
            Assert.Equal(entries.Where((_, i) => !IsSet(removed, i)).Select(entry => entry.Expected), await ReadAsync(filtered.ToArray()));
        },
        iter: 500);

    private static bool IsSet(ulong bits, int index) => (bits >> index & 1) != 0;

    private static Gen<ArchiveEntry[]> Entries(bool isLong) => (isLong ? ArchiveEntry.Any : ArchiveEntry.Short).Array[0, 12];

    private static List<string> DotNetNames(byte[] archive)
    {
        var names = new List<string>();
        using var reader = new System.Formats.Tar.TarReader(new MemoryStream(archive));
        while (reader.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            names.Add($"{entry.Name}|{entry.EntryType}|{entry.LinkName}|{entry.ModificationTime:O}|{Sample.Hash(content.ToArray())}");
        }

        return names;
    }

    private static async Task<List<string>> ReadAsync(byte[] archive)
    {
        var found = new List<string>();
        using var reader = new TarReader(new MemoryStream(archive), "The layer");
        while (await reader.ReadAsync(CancellationToken.None) is { } entry)
        {
            using var content = new MemoryStream();
            await reader.OpenContent().CopyToAsync(content);
            found.Add(ArchiveEntry.Describe(entry, content.ToArray()));
        }

        return found;
    }
}
