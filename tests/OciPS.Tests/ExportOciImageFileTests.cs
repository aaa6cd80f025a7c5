// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class ExportOciImageFileTests : IDisposable
{
    private readonly Engine _engine = new();

    public ExportOciImageFileTests() => _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    private string Target(string name) => Path.Combine(_engine.Folder, "dest", name);

    private string[] Written() => Directory.Exists(_engine.GetPath("dest"))
        ? Below(new DirectoryInfo(_engine.GetPath("dest"))).Select(path => Path.GetRelativePath(_engine.GetPath("dest"), path))
            .Order(StringComparer.Ordinal)
            .ToArray()
        : [];

    // Links are not followed.
    private static IEnumerable<string> Below(DirectoryInfo folder) => folder.EnumerateFileSystemInfos()
        .SelectMany(item => item is DirectoryInfo { LinkTarget: null } below ? Below(below).Prepend(item.FullName) : [item.FullName]);

    private Result Export(TarBuilder layer, string options = "")
    {
        _engine.Layout("images").Add("mine", new TestImage(TestLayer.Gzip(layer)));
        return _engine.Invoke(
            $"Get-OciImageFile oci:images:mine -Type Directory, File, SymbolicLink, HardLink, Fifo | Export-OciImageFile dest {options}");
    }

    [Fact]
    public void File_Regular_IsWrittenWithContentModeAndTime()
    {
        PSObject file = Assert.Single(
            _engine.Run("Get-OciImageFile oci:images:app -LiteralPath bin/tool | Export-OciImageFile -DestinationPath dest"));

        Assert.Equal(Target("bin/tool"), Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.Equal("#!tool", File.ReadAllText(Target("bin/tool")));
        Assert.Equal(TarBuilder.Time.UtcDateTime, File.GetLastWriteTimeUtc(Target("bin/tool")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(TarBuilder.ExecutableMode, File.GetUnixFileMode(Target("bin/tool")));
        }
    }

    [Fact]
    public void Files_GatheredFirst_AreWrittenFromTheLayerReadAgain()
    {
        _engine.Run("$files = Get-OciImageFile oci:images:app -Path *.key; Export-OciImageFile -InputObject $files -DestinationPath dest");

        Assert.Equal("SECRET-KEY-ONE", File.ReadAllText(Target("etc/ssl/private.key")));
        Assert.Equal("SECRET-KEY-TWO", File.ReadAllText(Target("app/server.key")));
    }

    [Fact]
    public void Flattened_WholeImage_IsUnpacked()
    {
        _engine.Run("Get-OciImageFile oci:images:app -Flatten -Type Directory, File, SymbolicLink, HardLink | Export-OciImageFile dest");

        Assert.Equal(
            [
                ".dockerenv", "app", "app/Upper.KEY", "app/copy", "app/readme.txt", "app/server.key", "bin", "bin/alias", "bin/tool", "etc",
                "etc/passwd", "etc/ssl", "etc/ssl/private.key", "lib", "usr", "usr/lib", "usr/lib/libc.so"],
            Written());
        Assert.Equal("root:x:0:0:new", File.ReadAllText(Target("etc/passwd")));
        Assert.Equal("tool", new FileInfo(Target("bin/alias")).LinkTarget);
        Assert.Equal("upper", File.ReadAllText(Target("app/copy")));
    }

    [Theory]
    [InlineData("/absolute")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("inside/../also")]
    public void Name_AbsoluteOrWithDots_IsRefusedAndTheRestGoesOn(string name)
    {
        Result result = Export(new TarBuilder().File("before", "1").File(name, "evil").File("after", "2"));

        result.Error.ShouldBe("UnsafePath");
        Assert.Equal(ErrorCategory.InvalidData, result.Error.CategoryInfo.Category);
        Assert.Equal("OciPS.OciImageFile", result.Error.TargetObject.GetType().FullName);
        Assert.Equal(["after", "before"], Written());
        Assert.Equal(2, result.Output.Count);
        Assert.False(Path.Exists(_engine.GetPath("outside")));
        Assert.False(Path.Exists("/absolute"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("..")]
    public void SymbolicLink_ThatLeaves_IsRefusedAndTheRestGoesOn(string target)
    {
        Result result = Export(new TarBuilder().Link("link", target).File("after", "2"));

        result.Error.ShouldBe("UnsafePath");
        Assert.Contains($"'{target}'", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["after"], Written());
    }

    [Fact]
    public void SymbolicLink_AsParent_IsNotFollowed()
    {
        Directory.CreateDirectory(_engine.GetPath("outside"));
        Directory.CreateDirectory(_engine.GetPath("dest"));
        Directory.CreateSymbolicLink(Target("theirs"), _engine.GetPath("outside"));

        Result result = Export(new TarBuilder().File("theirs/file", "evil").Folder("d").Link("ours", "d").File("ours/file", "evil"));

        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => error.ShouldBe("UnsafePath"));
        Assert.Empty(Directory.GetFiles(_engine.GetPath("outside")));
        Assert.Equal(["d", "ours", "theirs"], Written());
    }

    [Fact]
    public void SymbolicLink_InPlaceOfTheFile_IsReplacedAndNotWrittenThrough()
    {
        File.WriteAllText(_engine.GetPath("outside"), "theirs");
        Directory.CreateDirectory(_engine.GetPath("dest"));
        File.CreateSymbolicLink(Target("file"), _engine.GetPath("outside"));

        _engine.Layout("images").Add("link", new TestImage(TestLayer.Gzip(new TarBuilder().File("file", "ours"))));

        _engine.Invoke("Get-OciImageFile oci:images:link | Export-OciImageFile dest").Error.ShouldBe("FileExists");
        _engine.Run("Get-OciImageFile oci:images:link | Export-OciImageFile dest -Force");

        Assert.Equal("theirs", File.ReadAllText(_engine.GetPath("outside")));
        Assert.Null(new FileInfo(Target("file")).LinkTarget);
        Assert.Equal("ours", File.ReadAllText(Target("file")));
    }

    [Fact]
    public void File_Existing_StaysWithoutForce()
    {
        Directory.CreateDirectory(_engine.GetPath("dest"));
        File.WriteAllText(Target("one"), "before");

        Result result = Export(new TarBuilder().File("one", "1").File("two", "2"));

        result.Error.ShouldBe("FileExists");
        Assert.Equal(ErrorCategory.ResourceExists, result.Error.CategoryInfo.Category);
        Assert.Contains(Target("one"), result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("before", File.ReadAllText(Target("one")));
        Assert.Equal("2", File.ReadAllText(Target("two")));
    }

    [Fact]
    public void File_ExistingWithForce_IsReplaced()
    {
        Directory.CreateDirectory(_engine.GetPath("dest"));
        File.WriteAllText(Target("one"), "a longer text than the new one");
        File.WriteAllText(Target("link"), "x");

        Assert.Empty(Export(new TarBuilder().File("one", "1").Link("link", "one"), "-Force").AllErrors);

        Assert.Equal("1", File.ReadAllText(Target("one")));
        Assert.Equal("one", new FileInfo(Target("link")).LinkTarget);
    }

    [Fact]
    public void HardLink_ToFile_HasItsContent()
    {
        Assert.Empty(Export(new TarBuilder().File("a", "content").HardLink("b", "a").HardLink("c", "b")).AllErrors);

        Assert.Equal(["content", "content", "content"], new[] { "a", "b", "c" }.Select(name => File.ReadAllText(Target(name))));
    }

    [Fact]
    public void Fifo_Piped_IsErrorAndTheRestGoesOn()
    {
        Result result = Export(new TarBuilder().Fifo("pipe").File("after", "2"));

        result.Error.ShouldBe("UnsupportedFileType");
        Assert.Equal(["after"], Written());
    }

    [Fact]
    public void File_WhereAFolderIs_IsError()
    {
        Directory.CreateDirectory(Target("one"));

        Export(new TarBuilder().File("one", "1"), "-Force").Error.ShouldBe("FileExists");
    }

    [Fact]
    public void Destination_IsAFile_IsError()
    {
        File.WriteAllText(_engine.GetPath("dest"), "a file");

        Result result = Export(new TarBuilder().File("one", "1"));

        result.Error.ShouldBe("StorageWriteError");
        Assert.Equal(ErrorCategory.WriteError, result.Error.CategoryInfo.Category);
    }

    [Fact]
    public void MaximumSize_OneIsLarger_IsErrorThatLeavesNothingAndTheRestGoesOn()
    {
        Result result = Export(new TarBuilder().File("a/small", new byte[10])
            .File("b/large", new byte[11])
            .HardLink("c/link", "b/large")
            .File("d/small", new byte[10]), "-MaximumSize 10");

        Assert.Equal(["FileTooLarge", "FileTooLarge"], result.AllErrors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.All(result.AllErrors, error => Assert.Equal(ErrorCategory.LimitsExceeded, error.CategoryInfo.Category));
        Assert.Contains("'b/large'", result.AllErrors.First().ToString(), StringComparison.Ordinal);
        Assert.Equal(["a", "a/small", "d", "d/small"], Written());
    }

    [Fact]
    public void MaximumSize_LargerFileIsThereAlready_Stays()
    {
        Directory.CreateDirectory(_engine.GetPath("dest"));
        File.WriteAllText(Target("large"), "old");

        Result result = Export(new TarBuilder().File("large", new byte[11]), "-MaximumSize 10 -Force");

        Assert.StartsWith("FileTooLarge,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Target("large")));
    }

    [Theory]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a\nb")]
    [InlineData("a\u0007/b")]
    [InlineData("a\u009bb")]
    public void Name_WithControlCharacters_IsRefusedAndTheRestGoesOn(string name)
    {
        Result result = Export(new TarBuilder().File(name, "1").File("good", "2"));

        Assert.StartsWith("UnsafePath,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["good"], Written());
    }

    [PeerFact("tar")]
    public void SparseFile_OfManyGigabytes_TakesNoRoomForItsHoles()
    {
        using var folder = new TemporaryFolder();
        byte[] tar = Tool.Shell(folder.Path, "truncate -s 3G sparse; printf end >> sparse; tar --sparse --format=posix -cf - sparse");
        _engine.Layout("images").Add("sparse", new TestImage(TestLayer.Gzip(tar)));

        Assert.Single(_engine.Run("Get-OciImageFile oci:images:sparse | Export-OciImageFile dest"));

        Assert.Equal(3L * 1024 * 1024 * 1024 + 3, new FileInfo(Target("sparse")).Length);
        Assert.True(long.Parse(
            Tool.RunText("du", "-k", Target("sparse")).Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture) < 1024);
        using FileStream written = File.OpenRead(Target("sparse"));
        written.Seek(-4, SeekOrigin.End);
        Assert.Equal([0, (int)'e', 'n', 'd'], Enumerable.Range(0, 4).Select(_ => written.ReadByte()));
    }

    [Fact]
    public void File_InALayerThatIsABomb_StopsAtItsSize()
    {
        byte[] bomb = new byte[200_000_000];
        new TarBuilder().File("small", "small").ToBytes().CopyTo(bomb, 0);
        _engine.Layout("images").Add("bomb", new TestImage(TestLayer.Gzip(bomb)));

        _engine.Run("Get-OciImageFile oci:images:bomb | Export-OciImageFile dest -MaximumSize 5");

        Assert.Equal("small", File.ReadAllText(Target("small")));
    }

    [Fact]
    public void WhatIf_Given_WritesNothingAndNamesTheFile()
    {
        Assert.Empty(_engine.Run("Get-OciImageFile oci:images:app -LiteralPath bin/tool | Export-OciImageFile dest -WhatIf"));

        Assert.Contains(Target("bin/tool"), _engine.Host.Lines[0], StringComparison.Ordinal);
        Assert.False(Path.Exists(_engine.GetPath("dest")));
    }

    [Fact]
    public void Layer_DamagedBehindTheFile_LeavesNoHalfFile()
    {
        byte[] noise = new byte[1_000_000];
        new Random(1).NextBytes(noise);
        TestLayer layer = TestLayer.Gzip(new TarBuilder().File("big", noise));
        _engine.Layout("images").Add("cut", new TestImage(layer));
        File.WriteAllBytes(_engine.Layout("images").BlobPath(layer.Digest), layer.Blob[..500_000]);

        Result result = _engine.Invoke("Get-OciImageFile oci:images:cut | Export-OciImageFile dest");

        Assert.NotEmpty(result.AllErrors);
        Assert.Empty(result.Output);
        Assert.Empty(Written());
    }

    [Theory]
    [InlineData("etc")]
    [InlineData("/etc/")]
    [InlineData("./etc")]
    public void RelativeTo_Folder_IsLeftOutAndTheFolderItselfIsTheDestination(string folder)
    {
        _engine.Run(
            "Get-OciImageFile oci:images:app -Flatten -Type Directory, File -Path etc, etc/* | Export-OciImageFile dest -RelativeTo "
                + "$args[0]", folder);

        Assert.Equal(["passwd", "ssl", "ssl/private.key"], Written());
        Assert.Equal("root:x:0:0:new", File.ReadAllText(Target("passwd")));
    }

    [Fact]
    public void RelativeTo_FileThatIsNotBelow_IsAnErrorForItAlone()
    {
        Result result = Export(new TarBuilder().File("usr/share/doc", "a file")
            .File("usr/share/docs/x", "beside")
            .File("usr/share/doc2", "beside")
            .File("usr/share/y/z", "z"), "-RelativeTo usr/share/y");

        Assert.Equal(["z"], Written());
        Assert.Equal(3, result.Errors.Count);
        Assert.All(result.Errors, error => error.ShouldBe("NotBelowFolder"));
        Assert.Equal(ErrorCategory.InvalidArgument, result.Errors[0].CategoryInfo.Category);
    }

    [Fact]
    public void RelativeTo_LinkOutOfTheFolder_IsRefused()
    {
        Result result = Export(
            new TarBuilder().File("a/b/file", "1").Link("a/b/inside", "c/../file").Link("a/b/outside", "../other"), "-RelativeTo a/b");

        result.Error.ShouldBe("UnsafePath");
        Assert.Equal(["file", "inside"], Written());
    }
}
