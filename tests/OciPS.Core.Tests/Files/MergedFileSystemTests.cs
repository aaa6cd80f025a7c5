// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Tar;

namespace OciPS.Core.Tests.Files;

public sealed class MergedFileSystemTests
{
    [Fact]
    public void Find_NameInTwoLayers_IsTheUpperOne()
    {
        MergedFileSystem view = View([Entries.File("a")], [Entries.File("a")]);

        Assert.Equal(1, view.Find("a")!.Value.Layer);
    }

    [Fact]
    public void Find_NameTwiceInOneLayer_IsTheLastOne()
    {
        TarEntry last = Entries.SymbolicLink("a", "b");
        MergedFileSystem view = View([Entries.File("a"), last]);

        Assert.Same(last, view.Find("a")!.Value.Entry);
    }

    [Fact]
    public void Find_UnknownName_IsNull() => Assert.Null(View([Entries.File("a")]).Find("b"));

    [Fact]
    public void Find_WhiteoutInUpperLayer_HidesTheFile()
    {
        MergedFileSystem view = View([Entries.Directory("d"), Entries.File("d/a"), Entries.File("d/b")], [Entries.Whiteout("d/.wh.a")]);

        Assert.Null(view.Find("d/a"));
        Assert.NotNull(view.Find("d/b"));
        Assert.Null(view.Find("d/.wh.a"));
    }

    [Fact]
    public void Find_WhiteoutOfDirectory_HidesAllBelowIt()
    {
        MergedFileSystem view = View(
            [Entries.Directory("d"), Entries.Directory("d/e"), Entries.File("d/e/f"), Entries.File("dx")], [Entries.Whiteout(".wh.d")]);

        Assert.Null(view.Find("d"));
        Assert.Null(view.Find("d/e/f"));
        Assert.NotNull(view.Find("dx"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Find_WhiteoutBesideTheSameNameInOneLayer_HidesOnlyTheLowerOne(bool whiteoutFirst)
    {
        TarEntry[] upper = [Entries.Whiteout(".wh.d"), Entries.Directory("d"), Entries.File("d/new")];
        MergedFileSystem view = View([Entries.Directory("d"), Entries.File("d/old")], whiteoutFirst ? upper : [.. upper.Reverse()]);

        Assert.Null(view.Find("d/old"));
        Assert.Equal(1, view.Find("d/new")!.Value.Layer);
        Assert.Equal(1, view.Find("d")!.Value.Layer);
    }

    [Fact]
    public void Find_FileMadeAgainAboveItsWhiteout_IsThere()
    {
        MergedFileSystem view = View([Entries.File("a")], [Entries.Whiteout(".wh.a")], [Entries.File("a")]);

        Assert.Equal(2, view.Find("a")!.Value.Layer);
    }

    [Fact]
    public void Find_WhiteoutOfDirectoryThatIsMadeAgain_KeepsItsOldContentHidden()
    {
        MergedFileSystem view = View(
            [Entries.Directory("d"), Entries.File("d/old")], [Entries.Whiteout(".wh.d")], [Entries.Directory("d"), Entries.File("d/new")]);

        Assert.Null(view.Find("d/old"));
        Assert.NotNull(view.Find("d/new"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Find_OpaqueDirectory_HidesWhatLowerLayersHaveInItButNotItself(bool markerFirst)
    {
        TarEntry[] upper = [Entries.Whiteout("d/.wh..wh..opq"), Entries.File("d/new"), Entries.File("d/e/new")];
        MergedFileSystem view = View(
            [Entries.Directory("d"), Entries.File("d/old"), Entries.Directory("d/e"), Entries.File("d/e/old")],
            markerFirst ? upper : [.. upper.Reverse()]);

        Assert.NotNull(view.Find("d"));
        Assert.Null(view.Find("d/old"));
        Assert.Null(view.Find("d/e"));
        Assert.Null(view.Find("d/e/old"));
        Assert.NotNull(view.Find("d/new"));
        Assert.NotNull(view.Find("d/e/new"));
    }

    [Fact]
    public void Find_OpaqueRoot_HidesAllOfLowerLayers()
    {
        MergedFileSystem view = View(
            [Entries.File("a"), Entries.Directory("d"), Entries.File("d/b")], [Entries.Whiteout(".wh..wh..opq"), Entries.File("c")]);

        Assert.Null(view.Find("a"));
        Assert.Null(view.Find("d/b"));
        Assert.NotNull(view.Find("c"));
    }

    [Fact]
    public void Find_DirectoryReplacedByFile_HidesItsOldContent()
    {
        MergedFileSystem view = View([Entries.Directory("d"), Entries.File("d/old")], [Entries.File("d")]);

        Assert.Equal(TarEntryType.File, view.Find("d")!.Value.Entry.Type);
        Assert.Null(view.Find("d/old"));
    }

    [Fact]
    public void Find_DirectoryReplacedByFileAndThenMadeAgain_KeepsItsOldContentHidden()
    {
        MergedFileSystem view = View(
            [Entries.Directory("d"), Entries.File("d/old")], [Entries.File("d")], [Entries.Directory("d"), Entries.File("d/new")]);

        Assert.Null(view.Find("d/old"));
        Assert.NotNull(view.Find("d/new"));
    }

    [Fact]
    public void Find_DirectoryThatIsInTheUpperLayerToo_KeepsItsContent()
    {
        MergedFileSystem view = View([Entries.Directory("d"), Entries.File("d/old")], [Entries.Directory("d")]);

        Assert.NotNull(view.Find("d/old"));
    }

    [Fact]
    public void Find_EntriesOfOneNameInTwoLayers_IsTheUpperOne()
    {
        TarEntry lower = Entries.File("a");
        TarEntry upper = Entries.File("a");
        MergedFileSystem view = View([lower], [upper]);

        Assert.Equal((1, upper), view.Find("a"));
    }

    [Theory]
    [InlineData("lib/x", "usr/lib/x")]
    [InlineData("/lib/./x", "usr/lib/x")]
    [InlineData("abs/x", "usr/lib/x")]
    [InlineData("usr/up/x", "usr/lib/x")]
    [InlineData("usr/lib/y", "usr/lib/x")]
    [InlineData("lib/y", "usr/lib/x")]
    [InlineData("lib", "usr/lib")]
    public void ResolveLinks_LinksInPath_AreFollowed(string path, string expected)
    {
        MergedFileSystem view = View([
            Entries.Directory("usr"), Entries.Directory("usr/lib"), Entries.File("usr/lib/x"), Entries.SymbolicLink("lib", "usr/lib"),
            Entries.SymbolicLink("abs", "/usr/lib"), Entries.SymbolicLink("usr/up", "../lib"), Entries.SymbolicLink("usr/lib/y", "x"),
        ]);

        Assert.Equal(expected, view.ResolveLinks(path));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("loop/x")]
    [InlineData("dangling")]
    public void ResolveLinks_PathThatLeadsNowhere_IsNull(string path)
    {
        MergedFileSystem view = View(
            [Entries.SymbolicLink("loop", "loop2"), Entries.SymbolicLink("loop2", "loop"), Entries.SymbolicLink("dangling", "gone")]);

        Assert.Null(view.ResolveLinks(path));
    }

    private static MergedFileSystem View(params TarEntry[][] layers)
    {
        var view = new MergedFileSystem();
        for (int layer = 0; layer < layers.Length; layer++)
        {
            foreach (TarEntry entry in layers[layer])
            {
                view.Add(layer, entry);
            }
        }

        return view;
    }
}
