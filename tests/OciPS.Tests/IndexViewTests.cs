// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What people see of tags, platforms, configs and indexes when they end in the console.</summary>
public sealed class IndexViewTests : IDisposable
{
    private const int ShortDigest = 19;

    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string _index;

    public IndexViewTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
    }

    public void Dispose() => _engine.Dispose();

    private string[] Show(string script)
    {
        string[] lines = _engine.Show(script);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, TestRawUserInterface.Width));
        Assert.DoesNotContain(lines, line => line.Contains('\e', StringComparison.Ordinal));
        return lines.Where(line => line.Trim().Length > 0).Select(line => line.TrimEnd()).ToArray();
    }

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void OciTag_OutDefault_IsAListPerRepository()
    {
        _images.Tag("other", _images.Image("linux/amd64", [_images.Layer(("a", "b"))]));
        var more = new LayoutImages(_engine.GetPath("more"));
        more.Tag("x", more.Artifact());

        string[] lines = Show("'oci:images', 'oci:more' | Get-OciTag");

        Assert.Equal(
            [$"   Repository: oci:{_engine.GetPath("images")}", "Name", "----", "multi", "other", "   Repository: oci:"
                + $"{_engine.GetPath("more")}", "Name", "----", "x"],
            lines);
    }

    [Fact]
    public void OciPlatform_OutDefault_IsATable()
    {
        string[] lines = Show("Get-OciPlatform oci:images:multi");

        Assert.Equal(["OS", "Architecture", "Variant", "OSVersion", "Reference"], Cells(lines[0]));
        Assert.Equal(6, lines.Length);
        string place = $"oci:{_engine.GetPath("images")}:multi@";
        string[] digests = _images.Json(_index)["manifests"]!.AsArray().Select(entry => place + ((string)entry!["digest"]!)[..ShortDigest])
            .ToArray();
        Assert.Equal(["linux", "arm64", "v8", digests[1]], Cells(lines[3]));
        Assert.Equal(["windows", "amd64", "10.0.20348.1", digests[3]], Cells(lines[5]));
    }

    [Fact]
    public void OciIndex_OutDefault_IsATable()
    {
        string[] lines = Show("Get-OciManifest oci:images:multi");

        Assert.Equal(["Digest", "Format", "Size", "Contents", "Reference"], Cells(lines[0]));
        Assert.Equal(3, lines.Length);
        Assert.StartsWith(_index[..ShortDigest], lines[2], StringComparison.Ordinal);
        Assert.Contains(" linux/amd64, linux/arm64, linux/arm/v7", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void OciImageConfig_OutDefault_IsAList()
    {
        string[] lines = Show("Get-OciImageConfig oci:images:multi -Platform linux/arm64");

        Assert.Equal(
            [
                "Reference", "Platform", "Created", "User", "WorkingDir", "Entrypoint", "Cmd", "Env", "ExposedPorts", "Volumes", "Labels",
                "History"],
            lines.Where(line => line.Contains(" : ", StringComparison.Ordinal) || line.EndsWith(" :", StringComparison.Ordinal))
                .Select(line => Cells(line)[0]));
        Assert.Contains("Platform     : linux/arm64/v8", lines);
        Assert.Contains("Env          : {A=1}", lines);
        Assert.Contains("Labels       : for=linux/arm64/v8", lines);
        Assert.Contains("History      : 2 entries, 2 layers", lines);
    }

    [Fact]
    public void OciHistoryEntry_OutDefault_IsATable()
    {
        string[] lines = Show("(Get-OciImageConfig oci:images:multi -Platform linux/arm64).History");

        string time = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc).ToLocalTime()
            .ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(["Created", "EmptyLayer", "CreatedBy"], Cells(lines[0]));
        Assert.Equal([$"{time} False      step 0", $"{time} False      step 1"], lines[2..]);
    }

    [Fact]
    public void Views_LongValues_StayInTheWidth()
    {
        string name = new('n', 100);
        var images = new LayoutImages(_engine.GetPath(name));
        images.Tag(
            name, images.Index([.. Enumerable.Range(0, 20).Select(i => images.Image($"linux/arm64/v{i}", [images.Layer((name, name))]))]));
        System.Text.Json.Nodes.JsonObject config = new()
        {
            ["config"] = new System.Text.Json.Nodes.JsonObject
            {
                ["Env"] = new System.Text.Json.Nodes.JsonArray($"{name}={name}{name}"),
                ["Labels"] = new System.Text.Json.Nodes.JsonObject { [name] = name },
            },
            ["history"] =
                new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["created_by"] = $"{name}\n{name}" }),
        };
        images.Tag("config", images.Put(LayoutImages.Manifest(images.Put(config, LayoutImages.ConfigType), []), LayoutImages.ManifestType));
        _engine.Set("place", $"oci:{name}");

        Assert.NotEmpty(Show("Get-OciTag $place"));
        Assert.NotEmpty(Show("Get-OciPlatform \"${place}:" + name + "\""));
        Assert.NotEmpty(Show("Get-OciManifest \"${place}:" + name + "\""));
        Assert.NotEmpty(Show("Get-OciImageConfig ${place}:config"));
        Assert.NotEmpty(Show("(Get-OciImageConfig ${place}:config).History"));
        Assert.NotEmpty(Show("Copy-OciImage \"${place}:" + name + "\" oci:out:x"));
        Assert.NotEmpty(Show("Remove-OciImageFile \"${place}:" + name + "\" -Path n* -Destination oci:out:y"));
    }
}
