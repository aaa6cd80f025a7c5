// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What a build stage is given: read, refused, and published.</summary>
public sealed class ContainerSourceTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private const string First = "sha256:1111";
    private const string Second = "sha256:2222";
    private const string Archive = "sha256:3333";
    private const string ListName = "sha256:9999";

    private readonly Engine _engine = new();
    private readonly JsonObject _archives = [];
    private readonly JsonObject _lists = [];

    public void Dispose() => _engine.Dispose();

    private string Inputs => new JsonObject
    {
        ["images"] = new JsonObject { ["path"] = "stage/my images", ["data"] = new JsonObject { ["archives"] = _archives.DeepClone() } },
        ["manifest-lists"] = new JsonObject { ["path"] = "stage/lists", ["data"] = new JsonObject { ["files"] = _lists.DeepClone() } },
    }.ToJsonString();

    private string Stage(string name) => _engine.GetPath(Path.Combine("stage", name));

    /// <summary>Two images of one list in directories, and another in an archive.</summary>
    private LayoutImages Prepare()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        JsonObject one = images.Image("linux/amd64", [images.Layer(("a", "1"))]);
        JsonObject two = images.Image("linux/arm64", [images.Layer(("a", "2"))]);
        images.Tag("one", one);
        images.Tag("two", two);
        images.Tag("three", images.Image("linux/amd64", [images.Layer(("a", "3"))]));
        Directory.CreateDirectory(Stage("my images"));
        Directory.CreateDirectory(Stage("lists"));
        File.WriteAllBytes(Stage($"lists/{ListName}"), images.Blob(LayoutImages.Digest(images.Index(one, two))));
        _engine.Run($$"""
            $null = Copy-OciImage oci:images:one 'dir:stage/my images/{{First}}'
            $null = Copy-OciImage oci:images:two 'dir:stage/my images/{{Second}}'
            $null = Copy-OciImage oci:images:three 'oci-archive:stage/three.tar'
            """);
        File.Move(Stage("three.tar"), Stage($"my images/{Archive}"));
        AddImage(First, "dir", "registry/app:1");
        AddImage(Second, "dir", "registry/app:1");
        AddImage(Archive, "oci-archive", "registry/other:2");
        _lists[ListName] = new JsonObject();
        File.WriteAllText(_engine.GetPath("inputs.json"), Inputs);
        return images;
    }

    private void AddImage(string checksum, string format, string name) =>
        _archives[checksum] = new JsonObject { ["format"] = format, ["name"] = name };

    [Theory]
    [InlineData("Get-OciContainerSource inputs.json")]
    [InlineData("Get-OciContainerSource -Path ./inputs.json")]
    [InlineData("[IO.File]::ReadAllText(\"$PWD/inputs.json\") | Get-OciContainerSource")]
    [InlineData("[IO.FileInfo] \"$PWD/inputs.json\" | Get-OciContainerSource")]
    [InlineData("""
        Get-OciContainerSource -InputObject @{
            images = @{ path = 'stage/my images'; data = @{ archives = [ordered]@{
                'sha256:1111' = @{ format = 'dir'; name = 'registry/app:1' }
                'sha256:2222' = [pscustomobject]@{ format = 'dir'; name = 'registry/app:1' }
                'sha256:3333' = @{ format = 'oci-archive'; name = 'registry/other:2' } } } }
            'manifest-lists' = @{ path = "$PWD/stage/lists"; data = @{ files = @{ 'sha256:9999' = @{} } } }
        }
        """)]
    public void Get_InputsInEachForm_GivesEachImageWithItsList(string script)
    {
        Prepare();

        PSObject[] sources = [.. _engine.Run(script)];

        Assert.Equal(["registry/app:1", "registry/app:1", "registry/other:2"], sources.Texts("Name"));
        Assert.Equal(["dir", "dir", "oci-archive"], sources.Texts("Format"));
        Assert.Equal([First, Second, Archive], sources.Texts("Checksum"));
        Assert.Equal([Stage($"my images/{First}"), Stage($"my images/{Second}"), Stage($"my images/{Archive}")], sources.Texts("Path"));
        Assert.Equal([Stage($"lists/{ListName}"), Stage($"lists/{ListName}"), ""], sources.Texts("ManifestList"));
        Assert.Equal(
            ["dir:" + Stage($"my images/{First}"), "dir:" + Stage($"my images/{Second}"), "oci-archive:" + Stage($"my images/{Archive}")],
            sources.Texts("Reference"));
    }

    /// <summary>
    /// As <c>osbuild.util.containers.parse_containers_input</c> takes them: the last list that names an image counts, and all have to be
    /// used.
    /// </summary>
    [Fact]
    public void Get_ListsThatShareAnImage_GiveTheLastOne()
    {
        LayoutImages images = Prepare();
        byte[] list = File.ReadAllBytes(Stage($"lists/{ListName}"));
        JsonObject shared = JsonNode.Parse(list)!.AsObject();
        shared["manifests"]!.AsArray().RemoveAt(0);
        File.WriteAllText(Stage("lists/other"), shared.ToJsonString());
        _lists["other"] = new JsonObject();

        IReadOnlyList<PSObject> sources = _engine.Run("$args[0] | Get-OciContainerSource", Inputs);

        Assert.Equal([Stage($"lists/{ListName}"), Stage("lists/other"), ""], sources.Texts("ManifestList"));
    }

    [Fact]
    public void Get_ListWhoseImagesALaterOneNamesToo_IsErrorAndNothingComesOut()
    {
        Prepare();
        byte[] list = File.ReadAllBytes(Stage($"lists/{ListName}"));
        File.WriteAllBytes(Stage("lists/other"), [.. list, (byte)'\n']);
        _lists["other"] = new JsonObject();

        Result result = _engine.Invoke("$args[0] | Get-OciContainerSource", Inputs);

        Assert.Empty(result.Output);
        result.Error.ShouldBe("UnmatchedList");
        Assert.Contains(ListName, result.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("lists/other'", result.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"path\":\"stage/lists\",\"data\":{\"files\":{}}}")]
    public void Get_NoLists_GivesTheImagesWithout(string lists)
    {
        Prepare();
        JsonObject inputs = JsonNode.Parse(Inputs)!.AsObject();
        inputs["manifest-lists"] = JsonNode.Parse(lists);

        IReadOnlyList<PSObject> sources = _engine.Run("$args[0] | Get-OciContainerSource", inputs.ToJsonString());

        Assert.Equal(["", "", ""], sources.Texts("ManifestList"));
    }

    [PeerFact("skopeo")]
    public void Get_ListWithoutSchemaVersion_IsTakenAndCopied()
    {
        Prepare();
        JsonObject list = JsonNode.Parse(File.ReadAllBytes(Stage($"lists/{ListName}")))!.AsObject();
        list.Remove("schemaVersion");
        File.WriteAllText(Stage($"lists/{ListName}"), list.ToJsonString());

        IReadOnlyList<PSObject> sources = _engine.Run("Get-OciContainerSource inputs.json | Where-Object ManifestList");
        _engine.Run("Get-OciContainerSource inputs.json | Where-Object ManifestList | Copy-OciImage -Destination oci:images:copied");

        Assert.Equal([Stage($"lists/{ListName}"), Stage($"lists/{ListName}")], sources.Texts("ManifestList"));
        Assert.Equal(
            ["linux/amd64", "linux/arm64"], _engine.Run("Get-OciPlatform oci:images:copied").Select(platform => platform.ToString()));
        Tool.Run("skopeo", "copy", "--all", "oci:" + _engine.GetPath("images") + ":copied", "dir:" + _engine.GetPath("back"));
    }

    [Theory]
    [InlineData("[IO.File]::ReadAllLines(\"$PWD/inputs.json\") | Get-OciContainerSource")]
    [InlineData("[IO.File]::ReadAllText(\"$PWD/inputs.json\") | Get-OciContainerSource")]
    [InlineData("$text = [IO.File]::ReadAllText(\"$PWD/inputs.json\"); @($text, '', $text | Get-OciContainerSource)[0..2]")]
    [InlineData("$lines = [IO.File]::ReadAllLines(\"$PWD/inputs.json\"); @($lines + $lines | Get-OciContainerSource)[3..5]")]
    public void Get_TextLineByLine_GivesTheSame(string script)
    {
        Prepare();
        File.WriteAllText(_engine.GetPath("inputs.json"), "\uFEFF" + JsonNode.Parse(Inputs)!.ToJsonString(
            new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\r\n\r\n");

        Assert.Equal([First, Second, Archive], _engine.Run(script).Texts("Checksum"));
    }

    [Theory]
    [InlineData("'{', '\"images\":' | Get-OciContainerSource")]
    [InlineData("'' | Get-OciContainerSource")]
    [InlineData("'{ \"a\": \"}\\\"{\" }' | Get-OciContainerSource")]
    public void Get_TextThatIsNoWholeInput_IsOneError(string script) => _engine.Invoke(script).Error.ShouldBe("InvalidInputs");

    [Fact]
    public void Get_ListsThatNoImageMatches_AreAllNamedAndNothingComesOut()
    {
        LayoutImages images = Prepare();
        foreach (string name in new[] { "x", "y" })
        {
            File.WriteAllBytes(
                Stage("lists/" + name),
                images.Blob(LayoutImages.Digest(images.Index(images.Image("linux/s390x", [images.Layer((name, "1"))])))));
            _lists[name] = new JsonObject();
        }

        Result result = _engine.Invoke("$args[0] | Get-OciContainerSource", Inputs);

        Assert.Empty(result.Output);
        result.Error.ShouldBe("UnmatchedList");
        Assert.Contains("lists/x'", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("lists/y'", result.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "InvalidInputs", "no 'images'")]
    [InlineData("nonsense", "InvalidInputs", "not JSON")]
    [InlineData("{\"images\":{}}", "InvalidInputs", "path")]
    [InlineData("{\"images\":{\"path\":\"stage\",\"data\":{}}}", "InvalidInputs", "archives")]
    [InlineData("{\"images\":{\"path\":\"stage\",\"data\":{\"archives\":{\"a\":{\"format\":\"tar.zst\"}}}}}", "InvalidInputs", "tar.zst")]
    [InlineData("{\"images\":{\"path\":\"stage\",\"data\":{\"archives\":{\"gone\":{\"format\":\"dir\"}}}}}", "PathNotFound", "gone")]
    [InlineData(
        "{\"images\":{\"path\":\"stage\",\"data\":{\"archives\":{\"../images\":{\"format\":\"dir\"}}}}}", "UnsafePath", "../images")]
    [InlineData("{\"images\":{\"path\":\"stage\",\"data\":{\"archives\":{\"/etc\":{\"format\":\"dir\"}}}}}", "UnsafePath", "/etc")]
    [InlineData("{\"images\":{\"path\":\"stage\",\"data\":{\"archives\":{\"link\":{\"format\":\"dir\"}}}}}", "UnsafePath", "symbolic link")]
    public void Get_BadInputs_AreNamed(string inputs, string errorId, string word)
    {
        Prepare();
        Directory.CreateSymbolicLink(Stage("link"), _engine.GetPath("images"));

        Result result = _engine.Invoke("$args[0] | Get-OciContainerSource", inputs);

        Assert.Empty(result.Output);
        result.Error.ShouldBe(errorId);
        Assert.Contains(word, result.Error.ToString(), StringComparison.Ordinal);
    }

    [PeerFact("skopeo", "docker-registry")]
    public void Copy_SourcesOfOneList_ArePublishedWithItAndStayAsTheyAre()
    {
        LayoutImages images = Prepare();
        string repository = $"{registry.Host}/built/{Guid.NewGuid():N}";
        string[] before = _engine.Layout("stage").Snapshot();

        PSObject[] copies =
            [
                .. _engine.Run(
                    ("Get-OciContainerSource inputs.json | "
                        + "Copy-OciImage -Destination { \"$($args[0]):$($_.Checksum.Substring(7))\" }").Replace(
                        "$($args[0])", repository, StringComparison.Ordinal))];

        Assert.Equal(before, _engine.Layout("stage").Snapshot());
        string list = LayoutImages.GetDigest(File.ReadAllBytes(Stage($"lists/{ListName}")));
        Assert.Equal(["1111", "2222", "3333"], copies.Texts("Tag").Order());
        Assert.Equal(
            [list, list, LayoutImages.GetTagDigest(images.Folder, "three")],
            copies.OrderBy(copy => copy.Text("Tag")).Select(copy => copy.Text("Digest")));
        foreach (string name in new[] { ":1111", ":2222", "@" + list })
        {
            Assert.Equal(
                list, LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{repository}{name}")));
        }
    }

    [PeerFact("docker-registry")]
    public void Copy_ImageOfAListThatNeverComes_IsErrorAndTheTagDoesNotMove()
    {
        Prepare();
        _archives.Remove(Second);
        string repository = $"{registry.Host}/built/{Guid.NewGuid():N}";

        Result result = _engine.Invoke(
            "$args[0] | Get-OciContainerSource | Where-Object Format -eq dir | Copy-OciImage -Destination $args[1]",
            Inputs,
            repository + ":1");

        Assert.Empty(result.Output);
        result.Error.ShouldBe("IncompleteList");
        _engine.Invoke("Get-OciManifest $args[0]", repository + ":1").Error.ShouldBe("ManifestNotFound");
    }

    [Theory]
    [InlineData("-Format Docker")]
    [InlineData("-Platform linux/amd64")]
    [InlineData("-Annotation @{ a = 1 }")]
    public void Copy_WhatWouldChangeAList_IsError(string parameter)
    {
        Prepare();

        Result result = _engine.Invoke(
            $"Get-OciContainerSource inputs.json | Where-Object ManifestList | Copy-OciImage -Destination oci:out:1 {parameter}");

        Assert.All(result.AllErrors, error => error.ShouldBe("ConflictingParameters"));
        Assert.False(_engine.Layout("out").Exists);
    }

    [Fact]
    public void Copy_WhatIf_WritesNothing()
    {
        Prepare();

        Assert.Empty(_engine.Run(
            "Get-OciContainerSource inputs.json | Copy-OciImage -Destination { \"oci:out:$($_.Checksum.Substring(7))\" } -WhatIf"));

        Assert.False(_engine.Layout("out").Exists);
    }
}
