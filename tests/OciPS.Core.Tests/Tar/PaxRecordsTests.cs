// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed class PaxRecordsTests
{
    [Fact]
    public void Find_OneKeyTwice_IsTheLast()
    {
        PaxRecords records = Parse(("a", "1"), ("b", "2"), ("a", "3"));

        Assert.Equal("3", records.Find("a"));
        Assert.Equal("2", records.Find("b"));
        Assert.Null(records.Find("c"));
        Assert.Equal(3, records.Count);
        Assert.True(records.Has("a") && !records.Has("A"));
        Assert.Equal([("a", "1"), ("a", "3")], records.FindAll("a", "x"));
    }

    [Fact]
    public void Find_EmptyValue_TakesTheOneBeforeBack()
    {
        PaxRecords records = Parse(("a", "1")).With(Parse(("a", "")));

        Assert.Null(records.Find("a"));
        Assert.True(records.Has("a"));
    }

    [Fact]
    public void TryParse_ValuesOfAnyBytes_KeepThem()
    {
        byte[] value = [0, 10, (byte)'=', 0xFF, .. "ä"u8];
        byte[] bytes = [.. "15 a="u8, .. value, .. "xxx\n"u8];

        Assert.Equal(15, bytes.Length);
        Assert.True(PaxRecords.TryParse(bytes, out PaxRecords records));
        Assert.Equal([.. value, .. "xxx"u8], TarText.Encode(records.Find("a")!));
        Assert.Equal(bytes, records.ToBytes());
    }

    [Fact]
    public void ToBytes_AnyLength_CountsItsOwnDigits()
    {
        for (int length = 1; length < 1100; length++)
        {
            byte[] expected = TarBuilder.Record("path", new string('p', length));

            Assert.Equal(expected, PaxRecords.Empty.With("path", new string('p', length)).ToBytes());
            Assert.True(PaxRecords.TryParse(expected, out PaxRecords records));
            Assert.Equal(length, records.Find("path")!.Length);
        }
    }

    [PeerFact("python3")]
    public void TryParse_ByPython_ComesBackToTheByte()
    {
        byte[] archive = Tool.Run("python3", "-c", """
            import sys, tarfile
            member = tarfile.TarInfo('ä' * 60)
            member.pax_headers = {'SCHILY.xattr.user.x': 'a\n\x00=', 'comment': 'ö' * 40, 'mtime': '1.5'}
            sys.stdout.buffer.write(member.tobuf(tarfile.PAX_FORMAT))
            """);
        new TarHeader(archive).TryGetSize(out long size);
        byte[] bytes = archive.AsSpan(512, (int)size).ToArray();

        Assert.True(PaxRecords.TryParse(bytes, out PaxRecords records));

        Assert.Equal(bytes, records.ToBytes());
        Assert.Equal(new string('ä', 60), records.Find("path"));
        Assert.Equal("a\n\0=", records.Find("SCHILY.xattr.user.x"));
    }

    [Fact]
    public void Without_Keys_LeavesTheOthersInTheirOrder()
    {
        PaxRecords records = Parse(("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")).Without("a", "x");

        Assert.Equal(Sample.Concat(TarBuilder.Record("b", "2"), TarBuilder.Record("c", "4")), records.ToBytes());
    }

    private static PaxRecords Parse(params (string Key, string Value)[] pairs)
    {
        byte[] bytes = Sample.Concat(pairs.Select(pair => TarBuilder.Record(pair.Key, pair.Value)));
        Assert.True(PaxRecords.TryParse(bytes, out PaxRecords records));
        return records;
    }
}
