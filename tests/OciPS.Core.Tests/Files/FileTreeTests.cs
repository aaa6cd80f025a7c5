// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Tar;

namespace OciPS.Core.Tests.Files;

public sealed class FileTreeTests
{
    [Theory]
    [InlineData("etc/passwd")]
    [InlineData("/etc//./passwd/")]
    [InlineData("usr/../etc/passwd")]
    [InlineData("../etc/passwd")]
    public void Find_File_IsItsNode(string path) =>
        Assert.Equal("etc/passwd", Tree([Entries.File("etc/passwd")]).Find(path, followLast: false)!.FullName);

    [Theory]
    [InlineData("etc/Passwd")]
    [InlineData("etc/passwd/x")]
    [InlineData("etc/passw")]
    public void Find_WhatIsNotThere_IsNull(string path) => Assert.Null(Tree([Entries.File("etc/passwd")]).Find(path, followLast: true));

    [Fact]
    public void Find_FolderWithoutAnEntry_IsThereAndLosesToOneWithAnEntry()
    {
        TarEntry entry = Entries.Directory("a");
        FileTree tree = Tree([Entries.File("a/b/c"), entry]);

        Assert.Same(entry, tree.Find("a", followLast: false)!.Entry);
        Assert.Null(tree.Find("a/b", followLast: false)!.Entry);
        Assert.True(tree.Find("a/b", followLast: false)!.IsDirectory);
    }

    [Fact]
    public void Children_OfAFolder_AreFoldersFirstThenByName() =>
        Assert.Equal(
            ["b", "z", "A", "a", "c"],
            Tree([
                Entries.File("c"), Entries.File("z/x"), Entries.File("a"), Entries.File("A"),
                Entries.Directory("b")]).Root.Children.Select(node => node.Name));

    [Fact]
    public void Children_AfterWhiteouts_AreThoseThatStay()
    {
        FileTree tree = Tree(
            [Entries.File("d/a"), Entries.File("d/b"), Entries.File("o/a")],
            [Entries.Whiteout("d/.wh.a"), Entries.Whiteout("o/.wh..wh..opq"), Entries.File("o/b")]);

        Assert.Equal(["b"], tree.Find("d", followLast: false)!.Children.Select(node => node.Name));
        Assert.Equal(["b"], tree.Find("o", followLast: false)!.Children.Select(node => node.Name));
    }

    [Fact]
    public void Find_FileThatBecameAFolder_IsTheFolder()
    {
        FileTree tree = Tree([Entries.File("a")], [Entries.File("a/b")]);

        Assert.True(tree.Find("a", followLast: false)!.IsDirectory);
        Assert.NotNull(tree.Find("a/b", followLast: false));
    }

    [Fact]
    public void Find_FolderThatBecameAFile_HasNothingBelow()
    {
        FileTree tree = Tree([Entries.File("a/b")], [Entries.File("a")]);

        Assert.Empty(tree.Find("a", followLast: false)!.Children);
        Assert.Null(tree.Find("a/b", followLast: false));
    }

    [Theory]
    [InlineData("lib/x", "usr/lib/x")]
    [InlineData("abs/x", "usr/lib/x")]
    [InlineData("usr/up/lib/x", "usr/lib/x")]
    [InlineData("above/usr/lib/x", "usr/lib/x")]
    [InlineData("chain", "usr/lib/x")]
    [InlineData("none", null)]
    [InlineData("circle", null)]
    [InlineData("circle/x", null)]
    public void Find_ThroughLinks_IsWhatTheyLeadTo(string path, string? expected)
    {
        FileTree tree = Tree([
            Entries.File("usr/lib/x"), Entries.SymbolicLink("lib", "usr/lib"), Entries.SymbolicLink("abs", "/usr/./lib/"),
            Entries.SymbolicLink("usr/up", ".."),
            Entries.SymbolicLink("above", "../../.."), Entries.SymbolicLink("chain", "lib/y"), Entries.SymbolicLink("usr/lib/y", "x"),
            Entries.SymbolicLink("none", "nowhere"), Entries.SymbolicLink("circle", "circle2"), Entries.SymbolicLink("circle2", "circle")]);

        // 'usr/up' leads to the root, in which there is 'lib'.
        Assert.Equal(expected, tree.Find(path, followLast: true)?.FullName);
    }

    [Fact]
    public void Find_LinkAtTheEnd_IsTheLinkUnlessItIsFollowed()
    {
        FileTree tree = Tree([Entries.File("a"), Entries.SymbolicLink("l", "a"), Entries.SymbolicLink("m", "l")]);

        Assert.Equal("m", tree.Find("m", followLast: false)!.Name);
        Assert.Equal("a", tree.Find("m", followLast: true)!.Name);
        Assert.Equal("a", tree.Follow(tree.Root.Find("m")!)!.Name);
    }

    [Fact]
    public void FindFolder_ThroughALinkThatLeadsBackUp_EndsAtTheSecondTime()
    {
        FileTree tree = Tree([
            Entries.File("bin/tool"),
            Entries.SymbolicLink("bin/X11", "."),
            Entries.SymbolicLink("one", "bin"),
            Entries.SymbolicLink("bin/two", "/one")]);

        Assert.NotNull(tree.FindFolder("bin/X11"));
        Assert.Null(tree.FindFolder("bin/X11/X11"));
        Assert.NotNull(tree.Find("bin/X11/X11/tool", followLast: true));

        // What a link passes on its way is its own affair.
        Assert.NotNull(tree.FindFolder("one/two"));
    }

    [Fact]
    public void Create_FileBelowALink_LiesWhereTheLinkLeads()
    {
        FileTree tree = Tree([Entries.File("usr/lib/x"), Entries.SymbolicLink("lib", "usr/lib")], [Entries.File("lib/y")]);

        Assert.Equal("usr/lib/y", tree.Find("lib/y", followLast: false)!.FullName);
        Assert.True(tree.Find("lib", followLast: false)!.IsLink);
    }

    [Fact]
    public void Add_FileBelowALinkToNothing_LiesWhereTheLinkLeads()
    {
        FileTree tree = Tree([Entries.SymbolicLink("lib", "nowhere")], [Entries.File("lib/y")]);

        Assert.Equal("nowhere/y", tree.Find("lib/y", followLast: false)!.FullName);
        Assert.True(tree.Find("lib", followLast: false)!.IsLink);
    }

    [Fact]
    public void Add_FileBelowLinksThatGoRound_LiesInAFolder()
    {
        FileTree tree = Tree([Entries.SymbolicLink("a", "b"), Entries.SymbolicLink("b", "a")], [Entries.File("a/x"), Entries.File("b/y")]);

        Assert.Equal(["x", "y"], tree.Entries.Where(
            entry => entry.Entry.Type == TarEntryType.File).Select(entry => tree.Find(entry.Entry.Name, followLast: false)!.Name).Order());
    }

    [Fact]
    public void Add_ManyMarksOverTheSameFolder_GoThroughItOnce()
    {
        TarEntry[] files = [.. Enumerable.Range(0, 20_000).Select(i => Entries.File($"d/{i}"))];
        TarEntry[] marks = [.. Enumerable.Range(0, 20_000).Select(_ => Entries.Whiteout("d/.wh..wh..opq"))];
        FileTree tree = Tree([Entries.File("d/old")], [.. files, .. marks]);

        Assert.Equal(files.Length, tree.Entries.Count());
        Assert.Null(tree.Find("d/old", followLast: false));
    }

    [Fact]
    public void Add_NamesThatAreNotUtf8_AreFoundAsTheyAreShown()
    {
        FileTree tree = Tree(
            [Entries.File("d\udcff/a\udce8"), Entries.File("d\udcff/a\\xe8"), Entries.SymbolicLink("l\udcee", "d\udcff")],
            [Entries.File("l\udcee/new"), Entries.Whiteout("d\udcff/.wh.a\udce8")]);

        Assert.Equal(["a\\x5cxe8", "new"], tree.Find("d\\xff", followLast: false)!.Children.Select(node => node.Name));
        Assert.Equal("a\\xe8", tree.Find("l\\xee/a\\x5cxe8", followLast: false)!.Entry!.Name[^5..].TrimStart('/'));
    }

    [Fact]
    public void Find_NameWithABackslash_IsFoundWithASlash()
    {
        FileTree tree = Tree([Entries.File("a\\x2db/c\\d\\e"), Entries.File("b/other")]);

        Assert.Equal("c\\d\\e", tree.Find("a/x2db/c/d/e", followLast: false)!.Name);
        Assert.Equal("other", tree.Find("b/other", followLast: false)!.Name);
    }

    private static FileTree Tree(params TarEntry[][] layers)
    {
        var tree = new FileTree();
        for (int layer = 0; layer < layers.Length; layer++)
        {
            foreach (TarEntry entry in layers[layer])
            {
                tree.Add(layer, entry);
            }
        }

        return tree;
    }
}
