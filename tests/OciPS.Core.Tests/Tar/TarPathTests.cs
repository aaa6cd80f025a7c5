// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed class TarPathTests
{
    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("./a", "a")]
    [InlineData("/a", "a")]
    [InlineData("//a//b//", "a/b")]
    [InlineData("a/./b/.", "a/b")]
    [InlineData("a/../b", "b")]
    [InlineData("../../a", "a")]
    [InlineData("a/..", "")]
    [InlineData("..", "")]
    [InlineData(".", "")]
    [InlineData("./", "")]
    [InlineData("./a/b/", "a/b")]
    [InlineData("a/b//", "a/b")]
    [InlineData(".//a", "a")]
    [InlineData("./../a", "a")]
    [InlineData("././a", "a")]
    [InlineData("./.", "")]
    [InlineData(".a/", ".a")]
    [InlineData("a../..b", "a../..b")]
    [InlineData("/", "")]
    [InlineData("", "")]
    [InlineData("a/...", "a/...")]
    [InlineData(".hidden/..data", ".hidden/..data")]
    [InlineData(" a /b ", " a /b ")]
    [InlineData("a\\..\\b", "a\\..\\b")]
    public void Clean_Name_IsAsExtractorsSeeIt(string name, string expected)
    {
        Assert.Equal(expected, TarPath.Clean(name));
        Assert.Equal(expected, TarPath.Clean(TarPath.Clean(name)));
    }

    [Fact]
    public void Clean_NameThatIsClean_IsTheSameObject()
    {
        string name = new(['a', '/', 'b']);

        Assert.Same(name, TarPath.Clean(name));
    }

    [Theory]
    [InlineData("a/b/c", "c", "a/b")]
    [InlineData("a", "a", "")]
    [InlineData("", "", "")]
    public void GetNameAndGetParent_Path_AreItsParts(string path, string name, string parent)
    {
        Assert.Equal(name, TarPath.GetName(path));
        Assert.Equal(parent, TarPath.GetParent(path));
    }

    [Theory]
    [InlineData("a/b/c", "a/b,a")]
    [InlineData("a", "")]
    [InlineData("", "")]
    public void GetAncestors_Path_AreTheDirectoriesFromTheInnermostOn(string path, string expected) =>
        Assert.Equal(expected, string.Join(',', TarPath.GetAncestors(path)));

    [Theory]
    [InlineData("a/b", "a", true)]
    [InlineData("a/b/c", "a", true)]
    [InlineData("a", "a", false)]
    [InlineData("ab", "a", false)]
    [InlineData("b/a", "a", false)]
    public void IsBelow_PathAndDirectory_IsWhetherItIsInIt(string path, string directory, bool expected) =>
        Assert.Equal(expected, TarPath.IsBelow(path, directory));

    [Theory]
    [InlineData("/a", true)]
    [InlineData("../a", true)]
    [InlineData("a/../b", true)]
    [InlineData("a/..", true)]
    [InlineData("./a", false)]
    [InlineData("a..b/..c", false)]
    public void IsUnsafe_Name_IsWhetherItMayLeaveTheFolder(string name, bool expected) => Assert.Equal(expected, TarPath.IsUnsafe(name));

    [Theory]
    [InlineData("a/.wh.b", true, false, "a/b")]
    [InlineData(".wh.b", true, false, "b")]
    [InlineData("a/.wh..wh..opq", true, true, "a/.wh..opq")]
    [InlineData("a/b.wh.c", false, false, null)]
    [InlineData(".wh.a/b", false, false, null)]
    [InlineData("a/.WH.b", false, false, null)]
    public void IsWhiteout_Path_IsToldByItsLastPart(string path, bool isWhiteout, bool isOpaque, string? target)
    {
        Assert.Equal(isWhiteout, TarPath.IsWhiteout(path));
        Assert.Equal(isOpaque, TarPath.IsOpaqueMarker(path));
        if (target is not null)
        {
            Assert.Equal(target, TarPath.WhiteoutTarget(path));
        }
    }
}
