// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.IO.Hashing;
using OciPS.References;
using OciPS.Removal;
using OciPS.Tar;

namespace OciPS.Core.Tests.Removal;

public sealed class PredictedRewriteTests
{
    private static readonly ContentDigests s_kept = new(Digest.FromBytes([1]), 2, 3);

    private readonly TarEntry _directory = Entries.Directory("d");
    private readonly TarEntry _below = Entries.File("d/below");
    private readonly TarEntry _other = Entries.File("e");

    [Fact]
    public void For_PlanIsWhatWasForeseen_IsTheShortcut()
    {
        PredictedRewrite remainder = Scan(recurse: false, Member(), _other);

        Assert.False(remainder.IsWhole);
        Assert.Equal(s_kept, remainder.For([new EntryDecision.Remove(_other)])?.Kept);
    }

    [Fact]
    public void For_WhatIsInASelectedDirectory_WasForeseen()
    {
        PredictedRewrite remainder = Scan(recurse: true, Member(), _directory);

        Assert.NotNull(remainder.For([new EntryDecision.Remove(_directory), new EntryDecision.Remove(_below)]));
        Assert.Null(remainder.For([new EntryDecision.Remove(_directory)]));
    }

    [Fact]
    public void For_AnotherPlan_IsNothing()
    {
        PredictedRewrite remainder = Scan(recurse: false, Member(), _other);

        Assert.Null(remainder.For([]));
        Assert.Null(remainder.For([new EntryDecision.Remove(_below)]));
        Assert.Null(remainder.For([new EntryDecision.Relink(_other, "f")]));
        Assert.Null(remainder.For([new EntryDecision.Promote(_other, 0, _below)]));
        Assert.Null(remainder.For([new EntryDecision.Remove(_below), new EntryDecision.Remove(_other)]));
    }

    [Fact]
    public void For_SeveralMembersOrNone_IsNothing()
    {
        Assert.Null(Scan(recurse: false, Member(times: 2), _other).For([new EntryDecision.Remove(_other)]));
        Assert.Null(Scan(recurse: false, new InflatePoints(1), _other).For([new EntryDecision.Remove(_other)]));
    }

    [Fact]
    public void IsWhole_NothingSelected_IsTrue() => Assert.True(Scan(recurse: true, Member()).IsWhole);

    private static InflatePoints Member(int times = 1)
    {
        byte[] member = RegistryImage.Gzip(Sample.Text(1000));
        var points = new InflatePoints(1);
        using var gzip = new GzipReadStream(
            new MemoryStream([.. Enumerable.Repeat(member, times).SelectMany(bytes => bytes)]))
        { Points = points };
        gzip.CopyTo(Stream.Null);
        return points;
    }

    private PredictedRewrite Scan(bool recurse, InflatePoints points, params TarEntry[] selected)
    {
        var remainder = new PredictedRewrite(recurse);
        foreach (TarEntry entry in (TarEntry[])[_directory, _below, _other])
        {
            remainder.Goes(entry, selected.Contains(entry));
        }

        remainder.Complete(s_kept, 10, points);
        return remainder;
    }
}
