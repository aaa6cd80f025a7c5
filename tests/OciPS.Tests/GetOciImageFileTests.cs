// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class GetOciImageFileTests : IDisposable
{
    private readonly Engine _engine = new();

    public GetOciImageFileTests() => _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Reference_Alone_GivesRegularFilesInLayerOrder()
    {
        IReadOnlyList<PSObject> files = _engine.Run("Get-OciImageFile oci:images:app");

        Assert.Equal(
            [
                "etc/passwd", "etc/ssl/private.key", "bin/tool", ".dockerenv", "usr/lib/libc.so", "app/server.key", "app/Upper.KEY",
                "app/readme.txt", "etc/passwd"],
            files.Texts("FullName"));
        Assert.Equal(["0", "0", "0", "0", "0", "1", "1", "2", "2"], files.Texts("LayerIndex"));
    }

    [Theory]
    [InlineData("*.key", "etc/ssl/private.key,app/server.key")]
    [InlineData("*.KEY", "app/Upper.KEY")]
    [InlineData("etc/*", "etc/passwd,etc/ssl/private.key,etc/passwd")]
    [InlineData("/etc/*", "etc/passwd,etc/ssl/private.key,etc/passwd")]
    [InlineData("./etc/p*", "etc/passwd,etc/passwd")]
    [InlineData("etc/[op]asswd", "etc/passwd,etc/passwd")]
    [InlineData("bin/too?", "bin/tool")]
    [InlineData(
        "*", "etc/passwd,etc/ssl/private.key,bin/tool,.dockerenv,usr/lib/libc.so,app/server.key,app/Upper.KEY,app/readme.txt,etc/passwd")]
    [InlineData(".d*", ".dockerenv")]
    [InlineData("d*", "")]
    [InlineData("ETC/*", "")]
    [InlineData("no/such/*", "")]
    public void Path_Wildcard_IsCaseSensitiveAndCrossesSlashes(string pattern, string expected)
    {
        Assert.Equal(expected, string.Join(',', _engine.Run("Get-OciImageFile oci:images:app -Path $args", pattern).Texts("FullName")));
    }

    [Theory]
    [InlineData("bin/tool")]
    [InlineData("/bin/tool")]
    [InlineData("./bin/tool")]
    [InlineData("//bin//./tool")]
    [InlineData("etc/../bin/tool")]
    public void LiteralPath_AsExtractorsCleanIt_IsFound(string path)
    {
        Assert.Equal(["bin/tool"], _engine.Run("Get-OciImageFile oci:images:app -LiteralPath $args", path).Texts("FullName"));
        Assert.Equal(["bin/tool"], _engine.Run("Get-OciImageFile oci:images:app -Path $args", path).Texts("FullName"));
    }

    [Fact]
    public void LiteralPath_DotName_IsAName()
    {
        Assert.Equal([".dockerenv"], _engine.Run("Get-OciImageFile oci:images:app -LiteralPath /.dockerenv").Texts("FullName"));
        _engine.Invoke("Get-OciImageFile oci:images:app -LiteralPath dockerenv").Error.ShouldBe("FileNotFoundInImage");
    }

    [Fact]
    public void LiteralPath_WildcardCharacters_AreMeantAsTheyAre()
    {
        _engine.Layout("images")
            .Add("odd", new TestImage(TestLayer.Gzip(new TarBuilder().File("a[1].txt", "x").File("a1.txt", "y").File("a*", "z"))));

        Assert.Equal(["a[1].txt", "a*"], _engine.Run("Get-OciImageFile oci:images:odd -LiteralPath 'a[1].txt', 'a*'").Texts("FullName"));
        Assert.Equal(["a1.txt"], _engine.Run("Get-OciImageFile oci:images:odd -Path 'a[1].txt'").Texts("FullName"));
        Assert.Equal(["a[1].txt"], _engine.Run("Get-OciImageFile oci:images:odd -Path 'a`[1`].txt'").Texts("FullName"));
    }

    [Fact]
    public void LiteralPath_Missing_IsErrorAndTheOthersComeOut()
    {
        Result result = _engine.Invoke("Get-OciImageFile oci:images:app -LiteralPath no/such, bin/tool");

        Assert.Equal(["bin/tool"], result.Output.Texts("FullName"));
        result.Error.ShouldBe("FileNotFoundInImage", ErrorCategory.ObjectNotFound, "oci:images:app");
        Assert.Contains("'no/such'", result.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lib/libc.so", "'usr/lib/libc.so'")]
    [InlineData("bin/alias", "-Type SymbolicLink")]
    [InlineData("app/copy", "-Type HardLink")]
    [InlineData("etc/ssl", "-Type Directory")]
    public void LiteralPath_OfSomethingElse_ErrorSaysWhatToDo(string path, string hint)
    {
        Result result = _engine.Invoke("Get-OciImageFile oci:images:app -LiteralPath $args", path);

        result.Error.ShouldBe("FileNotFoundInImage");
        Assert.Contains(hint, result.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Type_EachKind_ComesOut()
    {
        _engine.Layout("images").Add("kinds", new TestImage(TestLayer.Gzip(new TarBuilder()
            .Folder("d").File("d/f", "x").Link("l", "d/f").HardLink("h", "d/f").Fifo("p").Whiteout("w"))));

        foreach ((string type, string name) in new[] { (
            "Directory", "d"), ("File", "d/f"), ("SymbolicLink", "l"), ("HardLink", "h"), ("Fifo", "p"), ("Whiteout", ".wh.w") })
        {
            PSObject file = Assert.Single(_engine.Run("Get-OciImageFile oci:images:kinds -Type $args", type));
            Assert.Equal((type, name), (file.Text("Type"), file.Text("FullName")));
        }

        Assert.Equal(["d", "l"], _engine.Run("Get-OciImageFile oci:images:kinds -Type Directory, SymbolicLink").Texts("FullName"));
    }

    [Fact]
    public void Flatten_FileInTwoLayers_GivesTheTopmost()
    {
        PSObject file = Assert.Single(_engine.Run("Get-OciImageFile oci:images:app -LiteralPath etc/passwd -Flatten"));

        Assert.Equal(2, file.Value("LayerIndex"));
        Assert.Equal("root:x:0:0:new", file.Call<string>("ReadAllText"));
    }

    [Fact]
    public void Flatten_WhiteoutsAndOpaqueFolders_AreApplied()
    {
        _engine.Layout("images").Add("flat", new TestImage(
            TestLayer.Gzip(new TarBuilder().File("gone", "1")
                .File("stays", "2")
                .Folder("o")
                .File("o/old", "3")
                .Folder("d")
                .File("d/in", "4")
                .Link("link", "stays")
                .HardLink("hard", "stays")),
            TestLayer.Gzip(new TarBuilder().Whiteout("gone").Opaque("o").File("o/new", "5").Whiteout("d")),
            TestLayer.Plain(new TarBuilder().File("gone2", "6"))));

        Assert.Equal(
            ["stays", "o/new", "gone2"], _engine.Run("Get-OciImageFile oci:images:flat -Flatten").Texts("FullName"));
        Assert.Equal(
            ["stays", "o", "link", "hard", "o/new", "gone2"],
            _engine.Run("Get-OciImageFile oci:images:flat -Flatten -Type File, Directory, SymbolicLink, HardLink, Whiteout")
                .Texts("FullName"));
        Assert.Equal(["2", "5", "6"], _engine.Run(
            "Get-OciImageFile oci:images:flat -Flatten | ForEach-Object { $_.ReadAllText() }").Select(text => text.ToString()!));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("d/in")]
    [InlineData("no/such")]
    public void Flatten_LiteralPathThatAContainerDoesNotSee_IsError(string path)
    {
        _engine.Layout("images").Add("flat", new TestImage(
            TestLayer.Gzip(new TarBuilder().File("gone", "1").Folder("d").File("d/in", "2")),
            TestLayer.Gzip(new TarBuilder().Whiteout("gone").Whiteout("d"))));

        Result result = _engine.Invoke("Get-OciImageFile oci:images:flat -Flatten -LiteralPath $args", path);

        Assert.Empty(result.Output);
        result.Error.ShouldBe("FileNotFoundInImage", ErrorCategory.ObjectNotFound, "oci:images:flat");
        Assert.Equal(path != "no/such", result.Error.ToString().Contains("-Flatten", StringComparison.Ordinal));
    }

    [Fact]
    public void Pipeline_LiveAndAfterwards_ContentIsTheSame()
    {
        IReadOnlyList<PSObject> contents = _engine.Run("""
            $files = Get-OciImageFile oci:images:app -Path 'etc/*', '*.txt'
            Get-OciImageFile oci:images:app -Path 'etc/*', '*.txt' | ForEach-Object { $_.ReadAllText() }
            $files[3].ReadAllText()
            $files[0].ReadAllText()
            $files[0].ReadAllBytes().Length
            """);

        Assert.Equal(
            ["root:x:0:0", "SECRET-KEY-ONE", "hello", "root:x:0:0:new", "root:x:0:0:new", "root:x:0:0", "10"],
            contents.Select(text => text.ToString()!));
    }

    [Fact]
    public void Pipeline_LiveContentReadTwice_IsTheSame()
    {
        Assert.Equal(
            ["hello hello"],
            _engine.Run("Get-OciImageFile oci:images:app -Path *.txt | ForEach-Object { \"$($_.ReadAllText()) $($_.ReadAllText())\" }")
                .Select(text => text.ToString()!));
    }

    [Fact]
    public void Archive_DockerSave_ListsTheSameFiles()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));

        IReadOnlyList<PSObject> files = _engine.Run("Get-OciImageFile docker-archive:app.tar");

        Assert.Equal(_engine.Run("Get-OciImageFile oci:images:app").Texts("FullName"), files.Texts("FullName"));
        Assert.Equal("hello", files[7].Call<string>("ReadAllText"));
    }
}
