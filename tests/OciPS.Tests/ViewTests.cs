// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What people see when output ends in the console.</summary>
public sealed class ViewTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();

    public ViewTests() => _engine.Layout("images").Add("app", _image);

    public void Dispose() => _engine.Dispose();

    private string[] Show(string script)
    {
        string[] lines = _engine.Show(script);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, TestRawUserInterface.Width));
        Assert.DoesNotContain(lines, line => line.Contains('\e', StringComparison.Ordinal));
        return lines.Where(line => line.Trim().Length > 0).Select(line => line.TrimEnd()).ToArray();
    }

    [Fact]
    public void OciManifest_OutDefault_IsATable()
    {
        string[] lines = Show("Get-OciManifest oci:images:app");

        Assert.Equal(3, lines.Length);
        Assert.Equal(["Digest", "Format", "Size", "Contents", "Reference"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches("^-+ +-+ +-+ +-+ +-+$", lines[1]);
        string[] cells = lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(_engine.Layout("images").GetDigest("app")[..19], cells[0]);
        Assert.Equal(
            ["OCI", $"{_image.Layers.Sum(layer => layer.Blob.Length)}", "B", "3", "layers", $"oci:{_engine.GetPath("images")}:app"],
            cells[1..]);
    }

    [Theory]
    [InlineData(-0.001, "0 minutes")]
    [InlineData(0.001, "1 minute")]
    [InlineData(0.05, "72 minutes")]
    [InlineData(0.3, "7 hours")]
    [InlineData(2.5, "2 days")]
    [InlineData(100, "3 months")]
    [InlineData(800, "2 years")]
    public void Age_OfADate_IsInTheUnitThatFits(double days, string expected)
    {
        DateTime date = DateTime.Now.AddDays(-days);

        string text = _engine.Run("[OciPS.Views.ConfigCells]::Age([pscustomobject]@{ Created = $args[0] })", date).Single().ToString();

        Assert.Equal($"{date.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)} ({expected} ago)", text);
    }

    [Theory]
    [InlineData("Get-OciManifest oci:images:app -Mode NormaliseToMultiArch; Get-OciManifest oci:images:app")]
    [InlineData("Get-OciManifest oci:images:app; Get-OciManifest oci:images:app -Mode NormaliseToMultiArch")]
    public void Manifests_AsAList_AreShortAndWithoutTheirText(string script)
    {
        string text = string.Join('\n', Show(script));

        Assert.DoesNotContain("schemaVersion", text, StringComparison.Ordinal);
        Assert.Contains("Digest", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OciImageFile_OutDefault_IsATablePerLayer()
    {
        string[] lines = Show("Get-OciImageFile oci:images:app -Type File, SymbolicLink, HardLink, Directory -Path bin*, app/*");

        string time = TarBuilder.Time.LocalDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(3, lines.Count(line => line.Trim().StartsWith("Layer: oci:", StringComparison.Ordinal)));
        Assert.Contains($"layer 1 ({_image.Layers[1].Digest[..19]})", string.Join(' ', lines), StringComparison.Ordinal);
        Assert.Equal(
            3,
            lines.Count(line => line.StartsWith("Mode       Owner       LastWriteTime          Size FullName", StringComparison.Ordinal)));
        Assert.Contains($"drwxr-xr-x 1000:100    {time}        0 B bin", lines);
        Assert.Contains($"-rwxr-xr-x 1000:100    {time}        6 B bin/tool", lines);
        Assert.Contains($"lrwxr-xr-x 1000:100    {time}        0 B bin/alias -> tool", lines);
        Assert.Contains($"hrw-r--r-- 1000:100    {time}        0 B app/copy -> app/Upper.KEY", lines);
        Assert.Contains($"-rw-r--r-- 1000:100    {time}        5 B app/readme.txt", lines);
    }

    [Fact]
    public void OciImageFile_OfTwoPlatforms_IsAGroupEach()
    {
        // The layer is the same one.
        _engine.Layout("images").Add("amd64", new TestImage("amd64", TestLayer.Gzip(new TarBuilder().File("a", "same"))));
        _engine.Layout("images").Add("arm64", new TestImage("arm64", TestLayer.Gzip(new TarBuilder().File("a", "same"))));
        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 oci:images:both");

        string text = string.Join(' ', Show("Get-OciImageFile oci:images:both -Platform *").Select(line => line.Trim()));

        Assert.Matches("Layer: oci:.*:both \\(linux/amd64\\), layer 0 .*Layer: oci:.*:both \\(linux/arm64\\), layer 0 ", text);
    }

    [Fact]
    public void OciImageFile_OfADigest_HasItsGroupInOneLine()
    {
        string digest = _engine.Layout("images").GetDigest("app");
        _engine.Set("image", $"oci:images@{digest}");

        string[] lines = Show("Get-OciImageFile $image");

        Assert.Contains($"   Layer: oci:{_engine.GetPath("images")}@{digest[..19]}, layer 0 ({_image.Layers[0].Digest[..19]})", lines);
    }

    [Fact]
    public void OciImageFile_LargeAndSpecial_IsShort()
    {
        _engine.Layout("images").Add("special", new TestImage(TestLayer.Gzip(new TarBuilder()
            .File("setuid", new byte[1_234_567], TarBuilder.ExecutableMode | UnixFileMode.SetUser)
            .File("sticky", "x", UnixFileMode.StickyBit))));

        string[] lines = Show("Get-OciImageFile oci:images:special");

        Assert.Contains(
            lines,
            line => line.StartsWith("-rwsr-xr-x", StringComparison.Ordinal) && line.EndsWith("1.2 MB setuid", StringComparison.Ordinal));
        Assert.Contains(
            lines,
            line => line.StartsWith("---------T", StringComparison.Ordinal) && line.EndsWith("1 B sticky", StringComparison.Ordinal));
    }

    [Fact]
    public void Views_LongNames_StayInTheWidth()
    {
        string folder = new('f', 100);
        string name = string.Join('/', Enumerable.Repeat(new string('n', 60), 4));
        _engine.Layout(folder).Add("tag", new TestImage(TestLayer.Gzip(new TarBuilder().File(name, "x").Link("l", name))));
        _engine.Set("folder", folder);

        Assert.NotEmpty(Show("Get-OciManifest oci:${folder}:tag"));
        Assert.NotEmpty(Show("Get-OciImageFile oci:${folder}:tag -Type File, SymbolicLink"));
        Assert.NotEmpty(Show("Remove-OciImageFile oci:${folder}:tag -Path l -Destination oci:${folder}:other"));
    }

    [Fact]
    public void Written_OutDefault_AreTables()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        string[] published = Show("Publish-OciKanikoImage app.tar oci:out:app");
        string[] rewritten = Show("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:out:clean");

        Assert.Equal(
            ["Digest", "Changed", "Tagged", "Sent", "Mounted", "Reference"],
            published[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith($"oci:{_engine.GetPath("out")}:app", published[2], StringComparison.Ordinal);
        Assert.Equal(
            ["Digest", "Changed", "Removed", "Rewritten", "Kept", "Sent", "Reference"],
            rewritten[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["True", "2", "2", "1"], rewritten[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..5]);
    }

    [Fact]
    public void References_OnAConsoleOf80Columns_KeepTheirTag()
    {
        string folder = new('f', 100);
        _engine.Set("folder", folder);
        _engine.Host.UI.RawUI.BufferSize = new(80, 50);

        string[] copied = _engine.Show("Copy-OciImage oci:images:app oci:${folder}:one");
        string[] rewritten = _engine.Show("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:${folder}:two");

        Assert.Matches(" …f+:one *$", copied.Single(line => line.StartsWith("sha256:", StringComparison.Ordinal)));
        Assert.Matches(" …f+:two *$", rewritten.Single(line => line.StartsWith("sha256:", StringComparison.Ordinal)));
        Assert.All(copied.Concat(rewritten), line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData("Get-OciManifest $long", ":tag-1.2.3")]
    [InlineData("Get-OciManifest $index", ":index-1.2")]
    [InlineData("Get-OciImageConfig $long | Format-Table", ":tag-1.2.3")]
    [InlineData("Get-OciImageConfig $index | Format-Table", ":index-1.2")]
    [InlineData("Get-OciPlatform $index", ":index-1.2@sha256:............")]
    [InlineData("Copy-OciImage $long \"oci:${folder}:new-1\"", ":new-1")]
    [InlineData("Remove-OciImageFile $long -Path *.key -Destination \"oci:${folder}:new-1\"", ":new-1")]
    [InlineData("Merge-OciManifestList $long \"oci:${folder}:new-1\"", ":new-1")]
    [InlineData("Get-OciManifest $long | Format-Wide", ":tag-1.2.3")]
    [InlineData("Get-OciTag \"oci:$folder\"", "^tag-1.2.3")]
    [InlineData("Get-OciTag \"oci:$folder\" | Format-Wide", "^tag-1.2.3")]
    [InlineData("Get-OciImageFile $long -Path bin/tool", ":tag-1.2.3, layer")]
    [InlineData("Get-OciImageFile $long -Path app/readme.txt | Select-OciFileString .", ":tag-1.2.3$")]
    public void Tags_OnAConsoleOf80Columns_AreShown(string script, string tag)
    {
        string folder = new('f', 100);
        _engine.Layout(folder).Add("tag-1.2.3", _image);
        _engine.Set("folder", folder);
        _engine.Run(
            "$long = \"oci:${folder}:tag-1.2.3\"; $index = \"oci:${folder}:index-1.2\"; $null = Copy-OciImage $long $index -Mode "
                + "NormaliseToMultiArch");
        _engine.Host.UI.RawUI.BufferSize = new(80, 50);

        string[] lines = _engine.Show(script);

        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line.TrimEnd(), tag));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Sources_OnAConsoleOf80Columns_KeepTheEndsOfTheirReferences()
    {
        string folder = new('f', 100);
        Directory.CreateDirectory(_engine.GetPath(folder));
        File.WriteAllText(
            _engine.GetPath("inputs.json"),
            ("""{"images":{"path":"FOLDER","""
                + """ "data":{"archives":{"one-1.2.3":{"format":"dir","name":"registry.example.com/team/some/app:1.2.3"}}}}}""").Replace(
                "FOLDER", folder, StringComparison.Ordinal));
        _engine.Run($"$null = Copy-OciImage oci:images:app dir:{folder}/one-1.2.3");
        _engine.Host.UI.RawUI.BufferSize = new(80, 50);

        string[] lines = _engine.Show("Get-OciContainerSource inputs.json");

        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, "^…[a-z/]+/app:1.2.3 dir +…f+/one-1.2.3 *$"));
    }

    [Fact]
    public void Differences_OnAConsoleOf80Columns_KeepTheEndOfAPath()
    {
        string path = new string('d', 100) + "/file.txt";
        _engine.Layout("images").Add("more", new TestImage(TestLayer.Gzip(new TarBuilder().File(path, "x"))));
        _engine.Host.UI.RawUI.BufferSize = new(80, 50);

        Assert.Contains(
            _engine.Show("Compare-OciImage oci:images:app oci:images:more"),
            line => line.TrimEnd().EndsWith("d/file.txt", StringComparison.Ordinal) && line.Length <= 80);
    }

    [Fact]
    public void References_InAHostWithoutAConsole_AreWhole()
    {
        string folder = new('f', 100);
        _engine.Layout(folder).Add("tag", _image);

        string text = _engine.Run(
            "$shell = [powershell]::Create(); $null = $shell.AddScript('Set-Location $args[0]; Import-Module $args[1]; (Get-OciManifest "
                + "$args[2]).ReferenceTail').AddArgument($PWD.Path).AddArgument($args[0]).AddArgument($args[1]); $shell.Invoke()",
            Engine.ModulePath, $"oci:{folder}:tag").Single().ToString();

        Assert.Equal($"oci:{_engine.GetPath(folder)}:tag", text);
    }

    [Theory]
    [InlineData("Get-OciManifest oci:images:app", "oci manifest.v1+json")]
    [InlineData("(Get-OciManifest oci:images:app).Layers[0]", "oci layer.v1.tar+gzip")]
    [InlineData("Copy-OciImage oci:images:app oci:copies:app -Format Docker", "docker manifest.v2+json")]
    [InlineData("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:copies:clean", "oci manifest.v1+json")]
    public void MediaTypes_InAList_AreShort(string script, string expected) =>
        Assert.Contains(_engine.Show($"{script} | Format-List"), line => line.StartsWith("MediaType", StringComparison.Ordinal)
            && line.TrimEnd().EndsWith($": {expected}", StringComparison.Ordinal));

    [Fact]
    public void Descriptors_OutDefault_HaveShortMediaTypes() =>
        Assert.Contains(
            Show("(Get-OciManifest oci:images:app).Layers"), line => line.EndsWith("oci layer.v1.tar+gzip", StringComparison.Ordinal));

    [Fact]
    public void Digest_OutDefault_IsItsText()
    {
        string[] digests = Show("Get-OciManifest oci:images:app | ForEach-Object { $_.Digest; $_.Layers.Digest }");

        Assert.Equal([_engine.Layout("images").GetDigest("app"), .. _image.Layers.Select(layer => layer.Digest)], digests);
    }
}
