// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Paths with colons, on drives and with names that PowerShell itself takes apart.</summary>
public sealed class PathTests : IDisposable
{
    private const string Digest = "sha256:a826000000000000000000000000000000000000000000000000000000000000";

    private readonly Engine _engine = new();

    public PathTests() => _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Merge_RelativePathsWithAColon_AreTaken()
    {
        var images = new LayoutImages(_engine.GetPath("multi"));
        System.Text.Json.Nodes.JsonObject image = images.Image("linux/amd64", [images.Layer(("a", "1"))]);
        images.Tag("one", image);
        Directory.CreateDirectory(_engine.GetPath("lists"));
        Directory.CreateDirectory(_engine.GetPath("stage"));
        byte[] list = images.Blob(LayoutImages.Digest(images.Index(image)));
        File.WriteAllBytes(_engine.GetPath($"lists/{Digest}"), list);
        _engine.Run($"$null = Copy-OciImage oci:multi:one dir:stage/{Digest}");

        _engine.Run($"Merge-OciManifestList -ManifestList lists/{Digest} -ImageDirectory stage/{Digest}");

        Assert.Equal(list, File.ReadAllBytes(_engine.GetPath($"stage/{Digest}/manifest.json")));
    }

    [Theory]
    [InlineData("in:1.tar")]
    [InlineData("./in:1.tar")]
    [InlineData("below/in:1.tar")]
    [InlineData("below/../in:1.tar")]
    [InlineData("a::b.tar")]
    [InlineData("$PWD/in:1.tar")]
    [InlineData("FileSystem::$PWD/a::b.tar")]
    public void Publish_PathWithAColon_IsTaken(string path)
    {
        Directory.CreateDirectory(_engine.GetPath("below"));
        foreach (string name in new[] { "in:1.tar", "below/in:1.tar", "a::b.tar" })
        {
            Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath(name));
        }

        Assert.Single(_engine.Run($"Publish-OciKanikoImage \"{path}\" oci:out:1"));
    }

    [Fact]
    public void Publish_ItemsWithOddNames_AreTaken()
    {
        string[] names = OperatingSystem.IsWindows() ? ["in.tar"] : ["in:1.tar", "a::b.tar", "a\\b.tar", "[x].tar", "~x.tar"];
        Array.ForEach(names, name => Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath(name)));

        Assert.Equal(names.Length, _engine.Run(
            "$args | Publish-OciKanikoImage -Reference oci:out:1", [.. names.Select(name => GetItem(_engine.GetPath(name)))]).Count);
    }

    /// <summary>A file with the property that PowerShell's own cmdlets give it.</summary>
    private static PSObject GetItem(string path)
    {
        var item = PSObject.AsPSObject(new FileInfo(path));
        item.Properties.Add(new PSNoteProperty("PSPath", @"Microsoft.PowerShell.Core\FileSystem::" + path));
        return item;
    }

    [Theory]
    [InlineData("out:1")]
    [InlineData("new/out:1")]
    [InlineData("out::1")]
    public void Export_DestinationWithAColon_IsWritten(string path)
    {
        _engine.Run($"Get-OciImageFile oci:images:app -LiteralPath bin/tool | Export-OciImageFile -DestinationPath {path}");
        PSObject layer = Assert.Single(_engine.Run($"Export-OciImageLayer oci:images:app -DestinationPath {path}"));

        Assert.Equal("#!tool", File.ReadAllText(_engine.GetPath(path + "/bin/tool")));
        Assert.StartsWith(_engine.GetPath(path), layer.Text("FullName"), StringComparison.Ordinal);
    }

    [Fact]
    public void Source_PathWithAColon_IsTaken()
    {
        File.WriteAllText(_engine.GetPath("in:1.json"), "{}");

        ErrorRecord error = _engine.Invoke("Get-OciContainerSource in:1.json").Error;

        error.ShouldBe("InvalidInputs");
    }

    [Theory]
    [InlineData("None:/x.tar")]
    [InlineData("Env:/x.tar")]
    public void Path_OnNoDriveOfFiles_IsPathNotFound(string path) =>
        _engine.Invoke($"Publish-OciKanikoImage {path} oci:out:1").Error.ShouldBe("PathNotFound");

    [Theory]
    [InlineData("oci:Work:/deep/images:app", "oci:{0}:app")]
    [InlineData("oci:Work:/deep/images", "oci:{0}:app")]
    [InlineData("oci:work:\\deep\\images:app", "oci:{0}:app")]
    public void Reference_OnADrive_IsResolved(string reference, string expected)
    {
        _engine.Layout("top/deep/images").Add("app", TestImage.App());
        _engine.Run(
            "$s = $ExecutionContext.SessionState; $null = $s.Drive.New([Management.Automation.PSDriveInfo]::new('Work', "
                + "$s.Provider.GetOne('FileSystem'), \"$PWD/top\", '', $null), 'global')");

        PSObject copy = Assert.Single(_engine.Run($"Copy-OciImage {reference} oci:Work:/deep/images:copy"));

        string place = _engine.GetPath("top/deep/images");
        Assert.Equal($"oci:{place}:copy", copy.Text("Reference"));
        Assert.Equal(["app", "copy"], _engine.Layout("top/deep/images").Tags);
        Assert.StartsWith(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, place),
            "oci:" + place + ":app",
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci:None:/x:1")]
    [InlineData("oci:Env:/x:1")]
    [InlineData("oci-archive:None:/x")]
    public void Reference_OnNoDriveOfFiles_IsAnErrorAndNothingIsWritten(string reference)
    {
        Result result = _engine.Invoke($"Copy-OciImage oci:images:app {reference}");

        Assert.Matches("^(InvalidReference|PathNotFound),", result.Error.FullyQualifiedErrorId);
        Assert.False(Path.Exists(_engine.GetPath("None")));
        Assert.False(Path.Exists(_engine.GetPath("Env")));
    }

    [Fact]
    public void Reference_OfWhatAPathWithAColonGave_GoesInAgain()
    {
        Directory.CreateDirectory(_engine.GetPath("in"));
        _engine.Run("$null = Copy-OciImage oci:images:app oci:in/x:1");
        Directory.Move(_engine.GetPath("in/x"), _engine.GetPath("in/" + Digest));

        IReadOnlyList<PSObject> files = _engine.Run($"Get-OciTag oci:in/{Digest} | Get-OciImageFile -Path bin/*");

        Assert.Equal(["bin/tool"], files.Texts("FullName"));
        Assert.Equal(
            ["#!tool"],
            _engine.Run($"(Get-OciImageFile '{files[0].Text("Reference")}' -Path bin/*).ReadAllText()").Select(text => text.ToString()));
    }

    [Fact]
    public void Export_NamesWithBackslashesAndColons_AreWrittenAndShown()
    {
        string[] names = OperatingSystem.IsWindows() ? ["plain"] : ["system-systemd\\x2dcryptsetup.slice", "a::b", "a:b", "d/e\\f", "[g]"];
        var layer = new TarBuilder().File("d/e", "other");
        Array.ForEach(names, name => layer.File(name, name));
        _engine.Layout("images").Add("odd", new TestImage(TestLayer.Gzip(layer)));

        IReadOnlyList<PSObject> files = _engine.Run(
            "Get-OciImageFile oci:images:odd | Where-Object FullName -ne d/e | Export-OciImageFile dest");

        Assert.Equal(names.Select(name => _engine.GetPath("dest/" + name)), files.Texts("FullName"));
        Assert.All(names, name => Assert.Equal(name, File.ReadAllText(_engine.GetPath("dest/" + name))));
        Assert.All(files, file => Assert.EndsWith("::" + file.Text("FullName"), file.Text("PSPath"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(218)]
    [InlineData(219)]
    [InlineData(255)]
    public void Export_LongNames_AreWritten(int length)
    {
        string name = new('n', length);
        _engine.Layout("images").Add("long", new TestImage(TestLayer.Gzip(new TarBuilder().File(name, "1").File("d/" + name, "2"))));

        Assert.Equal([name, name], _engine.Run("Get-OciImageFile oci:images:long | Export-OciImageFile dest").Texts("Name"));
        Assert.Equal("2", File.ReadAllText(_engine.GetPath($"dest/d/{name}")));
        Assert.Equal(2, Directory.GetFiles(_engine.GetPath("dest"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Export_NameThatNoFileCanHave_IsOneErrorAndTheRestGoesOn()
    {
        _engine.Layout("images")
            .Add("long", new TestImage(TestLayer.Gzip(new TarBuilder().File(new string('n', 256), "1").File("after", "2"))));

        Result result = _engine.Invoke("Get-OciImageFile oci:images:long | Export-OciImageFile dest");

        Assert.NotNull(result.Error);
        Assert.Equal(["after"], result.Output.Texts("Name"));
    }
}
