// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Removal;
using OciPS.Tar;

namespace OciPS.Core.Tests.Removal;

public sealed class RemovalPlannerTests
{
    [Fact]
    public void Plan_NothingSelected_IsEmpty()
    {
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [], Entries.File("a"), Entries.HardLink("b", "a"))], recurse: false);

        Assert.True(plan.IsEmpty);
        Assert.Empty(plan.Warnings);
        Assert.Empty(plan.Removed);
    }

    [Fact]
    public void Plan_File_IsRemovedAndCounted()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [], Entries.File("b")), Entries.Layer(1, [a], a, Entries.File("b"))], recurse: false);

        Assert.Equal(["1: remove a"], Describe(plan));
        Assert.Equal(1, plan.RemovedBytes);
        Assert.Equal("a", Assert.Single(plan.Removed).Entry.Name);
    }

    [Fact]
    public void Plan_DirectoryWithRecurse_RemovesAllBelowItInEveryLayer()
    {
        TarEntry d = Entries.Directory("d");
        LayerScan[] layers =
        [
            Entries.Layer(0, [], Entries.File("d/low"), Entries.File("dx")),
            Entries.Layer(1, [d], d, Entries.File("d/e/f")),
            Entries.Layer(2, [], Entries.Whiteout("d/.wh.low"), Entries.File("e")),
        ];

        Assert.Equal(
            ["0: remove d/low", "1: remove d", "1: remove d/e/f", "2: remove d/.wh.low"],
            Describe(RemovalPlanner.Plan(layers, recurse: true)));
        Assert.Equal(["1: remove d"], Describe(RemovalPlanner.Plan(layers, recurse: false)));
    }

    [Fact]
    public void Plan_TargetOfLinks_FirstIsPromotedAndLaterOnesRelinked()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [a], a, Entries.HardLink("b", "a"), Entries.HardLink("c", "a"), Entries.HardLink("d", "a"))], recurse: false);

        Assert.Equal(["0: remove a", "0: promote b from 0: a", "0: relink c to b", "0: relink d to b"], Describe(plan));
        Assert.Equal("b", Assert.Single(plan.Promoted).Entry.Name);
        Assert.Contains("'a' stays in the image as 'b'", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./a", "./b")]
    [InlineData("/a", "/b")]
    [InlineData("a", "b")]
    public void Plan_RelinkedLink_SpellsItsTargetAsBefore(string before, string expected)
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [a], a, Entries.HardLink("b", before), Entries.HardLink("c", before))], recurse: false);

        Assert.Equal(["0: remove a", "0: promote b from 0: a", $"0: relink c to {expected}"], Describe(plan));
    }

    [Fact]
    public void Plan_LinksInUpperLayers_AreRewrittenThere()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [a], a), Entries.Layer(1, [], Entries.HardLink("b", "a")), Entries.Layer(2, [], Entries.HardLink("c", "a"))],
            recurse: false);

        Assert.Equal(["0: remove a", "1: promote b from 0: a", "2: relink c to b"], Describe(plan));
    }

    [Fact]
    public void Plan_PromotedNameReplacedAbove_LaterLinkIsPromotedToo()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [a], a, Entries.HardLink("b", "a")), Entries.Layer(1, [], Entries.File("b"), Entries.HardLink("c", "a"))],
            recurse: false);

        Assert.Equal(["0: remove a", "0: promote b from 0: a", "1: promote c from 0: a"], Describe(plan));
    }

    [Fact]
    public void Plan_ChainWithTheMiddleRemoved_RelinksToItsBeginning()
    {
        TarEntry b = Entries.HardLink("b", "a");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [b], Entries.File("a"), b, Entries.HardLink("c", "b"))], recurse: false);

        Assert.Equal(["0: remove b", "0: relink c to a"], Describe(plan));
    }

    [Fact]
    public void Plan_ChainWithAllButItsEndRemoved_PromotesItsEnd()
    {
        TarEntry a = Entries.File("a");
        TarEntry b = Entries.HardLink("b", "a");
        TarEntry c = Entries.HardLink("c", "b");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [a, b, c], a, b, c, Entries.HardLink("d", "c"))], recurse: false);

        Assert.Equal(["0: remove a", "0: remove b", "0: remove c", "0: promote d from 0: a"], Describe(plan));
    }

    [Fact]
    public void Plan_ChainWithTheBeginningRemoved_PromotesTheFirstLinkOnly()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [a], a, Entries.HardLink("b", "a"), Entries.HardLink("c", "b"))], recurse: false);

        Assert.Equal(["0: remove a", "0: promote b from 0: a"], Describe(plan));
    }

    [Fact]
    public void Plan_LinkToTheMiddleOfAChainThatIsNoLongerThere_IsGivenTheContentAndNotAnotherLink()
    {
        TarEntry a = Entries.File("a");
        TarEntry c = Entries.HardLink("c", "b");
        RemovalPlan plan = RemovalPlanner.Plan(
            [
                Entries.Layer(0, [a, c], a, Entries.HardLink("b", "a"), c),
                Entries.Layer(1, [], Entries.Whiteout(".wh.b"), Entries.HardLink("d", "c")),
            ],
            recurse: false);

        Assert.Equal(["0: remove a", "0: promote b from 0: a", "0: remove c", "1: promote d from 0: a"], Describe(plan));
    }

    [Fact]
    public void Plan_NameThatAlsoIsBelow_LinkTakesTheContentOfTheNearestOne()
    {
        TarEntry upper = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan(
            [Entries.Layer(0, [], Entries.File("a")), Entries.Layer(1, [upper], upper, Entries.HardLink("b", "a"))], recurse: false);

        Assert.Equal(["1: remove a", "1: promote b from 1: a"], Describe(plan));
    }

    [Fact]
    public void Plan_LinkBetweenTwoEntriesOfItsTargetsName_LinksToTheEarlierOne()
    {
        TarEntry first = Entries.File("a");
        TarEntry second = Entries.File("a");
        TarEntry[] entries = [first, Entries.HardLink("b", "a"), second];

        Assert.Equal(["0: remove a"], Describe(RemovalPlanner.Plan([Entries.Layer(0, [second], entries)], recurse: false)));
        Assert.Equal(
            ["0: remove a", "0: promote b from 0: a"], Describe(RemovalPlanner.Plan([Entries.Layer(0, [first], entries)], recurse: false)));
    }

    [Fact]
    public void Plan_LinkThatDangledBefore_StaysAndIsWarnedAbout()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [a], a, Entries.HardLink("b", "gone"))], recurse: false);

        Assert.Equal(["0: remove a"], Describe(plan));
        Assert.Contains("'b'", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_LinkToARemovedLinkThatDangled_StaysAndIsWarnedAbout()
    {
        TarEntry b = Entries.HardLink("b", "gone");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [b], b, Entries.HardLink("c", "b"))], recurse: false);

        Assert.Equal(["0: remove b"], Describe(plan));
        Assert.Contains("'c'", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ManyDanglingLinks_AreWarnedAboutInTwentyOneLines()
    {
        TarEntry[] links = Enumerable.Range(0, 50).Select(i => Entries.HardLink($"b{i}", "gone")).ToArray();
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [], links)], recurse: false);

        Assert.Equal(21, plan.Warnings.Count);
        Assert.StartsWith("30 more", plan.Warnings[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_LinkBeforeItsTarget_Dangles()
    {
        TarEntry a = Entries.File("a");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [a], Entries.HardLink("b", "a"), a)], recurse: false);

        Assert.Equal(["0: remove a"], Describe(plan));
        Assert.Single(plan.Warnings);
    }

    [Fact]
    public void Plan_RemovedLinkWithKeptTarget_WarnsThatTheContentStays()
    {
        TarEntry b = Entries.HardLink("b", "a");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [], Entries.File("a")), Entries.Layer(1, [b], b)], recurse: false);

        Assert.Equal(["1: remove b"], Describe(plan));
        Assert.Contains("its content stays in the image as 'a'", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_LinkAndTargetRemoved_LeavesNothingAndWarnsOfNothing()
    {
        TarEntry a = Entries.File("a");
        TarEntry b = Entries.HardLink("b", "a");
        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, [a, b], a, b)], recurse: false);

        Assert.Equal(["0: remove a", "0: remove b"], Describe(plan));
        Assert.Empty(plan.Warnings);
        Assert.Empty(plan.Promoted);
    }

    private static IEnumerable<string> Describe(RemovalPlan plan) =>
        from layer in plan.Decisions.OrderBy(layer => layer.Key)
        from edit in layer.Value
        select $"{layer.Key}: " + edit switch
        {
            EntryDecision.Promote promote => $"promote {edit.Entry.Name} from {promote.SourceLayer}: {promote.Source.Name}",
            EntryDecision.Relink relink => $"relink {edit.Entry.Name} to {relink.Target}",
            _ => $"remove {edit.Entry.Name}",
        };
}
