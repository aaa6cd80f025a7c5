// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Tar;

/// <content>Records of a global header that say what only one entry can have: Go's reader and .NET's take none of them into
/// entries.</content>
public sealed partial class TarReaderTests
{
    public static TheoryData<string, string> PerEntryRecords => new()
    {
        { "path", "global" },
        { "path", "../../global" },
        { "linkpath", "global" },
        { "size", "3" },
        { "size", "1000000" },
        { "size", "none" },
        { "GNU.sparse.name", "global" },
        { "GNU.sparse.major", "1" },
        { "GNU.sparse.realsize", "1000000" },
        { "GNU.sparse.map", "0,5" },
        { "GNU.sparse.numblocks", "1" },
    };

    [Theory]
    [MemberData(nameof(PerEntryRecords))]
    public async Task ReadAsync_GlobalRecordOfWhatOneEntryHas_IsIgnored(string key, string value)
    {
        byte[] archive = new TarBuilder().Global((key, value)).Add("first", s_file).Add("link", type: '2', link: "target")
            .Add("last", "last"u8.ToArray())
            .ToBytes();
        var expected = new List<string>();
        using (var reader = new TarReader(new MemoryStream(archive)))
        {
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                if (entry is not PaxGlobalExtendedAttributesTarEntry)
                {
                    expected.Add($"{entry.Name} {entry.Length} {entry.LinkName}");
                }
            }
        }

        foreach (bool oneByte in new[] { false, true })
        {
            IReadOnlyList<(OciPS.Tar.TarEntry Entry, byte[] Content)> entries = await TarDump.Read(archive, oneByte);

            Assert.Equal(expected, entries.Select(one => $"{one.Entry.Name} {one.Entry.Size} {one.Entry.LinkTarget}"));
            Assert.Equal(s_file, entries[0].Content);
        }
    }

    [Fact]
    public async Task ReadAsync_OwnRecordBehindAGlobalOne_Counts()
    {
        byte[] archive = new TarBuilder().Global(("path", "global"), ("size", "3")).Pax(("path", "own")).Add("x", s_file).ToBytes();

        (OciPS.Tar.TarEntry entry, byte[] content) = Assert.Single(await TarDump.Read(archive));

        Assert.Equal("own", entry.Name);
        Assert.Equal(s_file, content);
    }
}
