// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed partial class RepairOciImageTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _sane;
    private readonly string _broken;

    public RepairOciImageTests()
    {
        _sane = Images.Add("sane", TestImage.App());
        _broken = Images.Add("broken", new TestImage(1, [.. TestImage.App().Layers]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Images => _engine.Layout("images");

    private Layout Out => _engine.Layout("out");

    [Theory]
    [InlineData("Repair-OciImage oci:images:broken oci:out:x")]
    [InlineData("Repair-OciImage -Reference oci:images:broken -Destination oci:out:x")]
    [InlineData("'oci:images:broken' | Repair-OciImage -Destination { $_ -replace 'images:broken', 'out:x' }")]
    [InlineData("[pscustomobject]@{ Image = 'oci:images:broken'; Destination = 'oci:out:x' } | Repair-OciImage")]
    [InlineData("Get-OciTag oci:images broken | Repair-OciImage -Destination { \"oci:out:$($_.Name -replace 'broken', 'x')\" }")]
    [InlineData("Get-OciManifest oci:images:broken | Repair-OciImage -Destination oci:out:x")]
    [InlineData("Copy-OciImage oci:images:broken oci:out:x | Repair-OciImage -Force")]
    public void Reference_ByEachWay_IsRepaired(string script)
    {
        PSObject image = Assert.Single(_engine.Run(script));

        Assert.Equal(["step 0", "step 0", "step 0"], Out.Config("x")["history"]!.AsArray().Select(entry => (string?)entry!["created_by"]));
        Assert.Equal("OciPS.OciPublishedImage", image.BaseObject.GetType().FullName);
        Assert.Equal($"oci:{_engine.GetPath("out")}:x", image.Value("Reference"));
        Assert.Equal($"oci:{_engine.GetPath("out")}@{Out.GetDigest("x")}", image.Value("DigestReference"));
        Assert.Equal(true, image.Value("Changed"));
        Assert.Equal(_broken, Images.GetDigest("broken"));
        Assert.Equal(Images.LayerDigests("broken"), Out.LayerDigests("x"));
    }

    [Fact]
    public void InPlace_Broken_TagMovesAndASecondTimeNothingChanges()
    {
        PSObject first = Assert.Single(_engine.Run("Repair-OciImage oci:images:broken -Force"));
        string[] after = Images.Snapshot();
        PSObject second = Assert.Single(_engine.Run("Repair-OciImage oci:images:broken"));

        Assert.NotEqual(_broken, Images.GetDigest("broken"));
        Assert.Equal(["sane", "broken"], Images.Tags);
        Assert.Equal(Images.GetDigest("broken"), first.Text("Digest"));
        Assert.Equal(false, second.Value("Changed"));
        Assert.Equal(first.Text("Digest"), second.Text("Digest"));
        Assert.Equal(after, Images.Snapshot());
        Assert.Equal("1.50", Images.Config("broken")["x-unknown"]!.ToJsonString());
    }

    [Fact]
    public void Sane_InPlace_ComesOutAndNothingIsWritten()
    {
        string[] before = Images.Snapshot();

        PSObject image = Assert.Single(_engine.Run("Repair-OciImage oci:images:sane -Deep"));

        Assert.Equal(_sane, image.Text("Digest"));
        Assert.Equal(false, image.Value("Changed"));
        Assert.Equal(0L, image.Value("BytesTransferred"));
        Assert.Equal(before, Images.Snapshot());
    }

    [Fact]
    public void Sane_WithDestination_IsCopiedAsItIs()
    {
        PSObject image = Assert.Single(_engine.Run("Repair-OciImage oci:images:sane -Destination oci:out:x"));

        Assert.Equal(_sane, Out.GetDigest("x"));
        Assert.Equal(false, image.Value("Changed"));
        Assert.Equal(TestImage.App().Layers.Select(layer => layer.Digest), Out.LayerDigests("x"));
    }

    [Fact]
    public void WhatIf_Broken_SaysSoAndWritesNothing()
    {
        string[] before = Images.Snapshot();

        Assert.Empty(_engine.Run("Repair-OciImage oci:images:broken -WhatIf; Repair-OciImage oci:images:sane oci:out:x -WhatIf"));

        string images = $"oci:{_engine.GetPath("images")}";
        Assert.Equal(
            [
                $"What if: Performing the operation \"Write '{images}:broken' with a repaired config: its history gets 3 entries that "
                    + $"stand for a layer, in place of 1\" on target \"{images}:broken\".",
                $"What if: Performing the operation \"Copy '{images}:sane', which needs no repair\" on target "
                    + $"\"oci:{_engine.GetPath("out")}:x\".",
                string.Empty,
            ],
            _engine.Host.Lines);
        Assert.Equal(before, Images.Snapshot());
        Assert.False(Out.Exists);
    }

    /// <summary>A plan is text; what is not written does not come out.</summary>
    [Theory]
    [InlineData("Repair-OciImage oci:images:sane", "needs no repair")]
    [InlineData("$WhatIfPreference = $true; Repair-OciImage oci:images:sane", "needs no repair")]
    [InlineData("Repair-OciImage oci:images:broken", "3 entries")]
    [InlineData("Repair-OciImage oci:images:long", "in place of 4")]
    [InlineData("Repair-OciImage oci:images:broken -Deep", "3 entries")]
    [InlineData("Repair-OciImage oci:images:nodiff", "only -Deep repairs its diffIDs")]
    [InlineData("Repair-OciImage oci:images:nodiff oci:images:other", "only -Deep repairs its diffIDs")]
    [InlineData("Copy-OciImage oci:images:sane oci:images:other", "Copy")]
    [InlineData("Copy-OciImage oci:images:sane oci:images:sane", "Copy")]
    [InlineData("Remove-OciImageFile oci:images:sane -Path no* -Destination oci:images:other", "")]
    [InlineData("Remove-OciImageFile oci:images:sane -Path etc/* -Destination oci:images:other", "etc/passwd")]
    [InlineData("Merge-OciManifestList oci:images:sane -Destination oci:images:other", "index of 1")]
    [InlineData("Publish-OciKanikoImage app.tar oci:images:other", "Publish")]
    [InlineData("Get-OciImageFile oci:images:sane | Export-OciImageFile dest", "Export")]
    [InlineData("Export-OciImageLayer oci:images:sane -DestinationPath dest.tar", "Export")]
    [InlineData("Export-OciImageLayer oci:images:sane -AsByteStream", "Export")]
    public void WhatIf_AnyCmdletThatWrites_EmitsNothingAndTellsThePlan(string script, string words)
    {
        Images.Add("long", new TestImage(4, [.. TestImage.App().Layers]));
        TestImage sane = TestImage.App();
        Images.Add("nodiff", new TestImage([.. sane.Layers])
        {
            Config = Encoding.UTF8.GetBytes(
            DiffIds().Replace(Encoding.UTF8.GetString(sane.Config), "\"diff_ids\":[]"))
        });
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));
        string[] before = Images.Snapshot();

        Assert.Empty(_engine.Run(script.StartsWith('$') ? script : script + " -WhatIf"));

        Assert.Contains(_engine.Host.Lines, line => line.StartsWith("What if:", StringComparison.Ordinal));
        Assert.Contains(words, string.Join('\n', _engine.Host.Lines), StringComparison.Ordinal);
        Assert.Equal(before, Images.Snapshot());
        Assert.False(Path.Exists(_engine.GetPath("dest")) || Path.Exists(_engine.GetPath("dest.tar")));
    }

    [Fact]
    public void WhatIf_ListThatIsThereAlready_EmitsNothing()
    {
        var images = new LayoutImages(_engine.GetPath("multi"));
        JsonObject image = images.Image("linux/amd64", [images.Layer(("a", "1"))]);
        images.Tag("one", image);
        File.WriteAllBytes(_engine.GetPath("list.json"), images.Blob(LayoutImages.Digest(images.Index(image))));
        _engine.Run(
            "$null = Copy-OciImage oci:multi:one dir:image; $null = Merge-OciManifestList -ManifestList list.json -ImageDirectory image");

        Assert.Empty(_engine.Run("Merge-OciManifestList -ManifestList list.json -ImageDirectory image -WhatIf"));
        Assert.Single(_engine.Run("Merge-OciManifestList -ManifestList list.json -ImageDirectory image"));
    }

    [Fact]
    public void History_TooLong_HasOneEntryALayerAfterwards()
    {
        Images.Add("long", new TestImage(5, [.. TestImage.App().Layers]));

        PSObject image = Assert.Single(_engine.Run("Repair-OciImage oci:images:long -Force"));

        Assert.Equal(true, image.Value("Changed"));
        JsonArray history = Images.Config("long")["history"]!.AsArray();
        Assert.Equal(5, history.Count);
        Assert.Equal(
            ["step 0", "step 1", "step 2"],
            history.Where(entry => entry!["empty_layer"] is null).Select(entry => (string?)entry!["created_by"]));
        Assert.Equal(false, Assert.Single(_engine.Run("Repair-OciImage oci:images:long")).Value("Changed"));
    }

    [Fact]
    public void Verbose_Broken_TellsWhatWasWrong()
    {
        Result result = _engine.Invoke("Repair-OciImage oci:images:broken -Force -Verbose");

        Assert.Contains(result.Verbose, message => message.Contains(
            "1 history entries", StringComparison.Ordinal) && message.Contains("3 layers", StringComparison.Ordinal));
    }

    [Fact]
    public void Deep_DiffIdsAreWrong_AreComputed()
    {
        TestImage wrong = TestImage.App();
        JsonNode config = JsonNode.Parse(wrong.Config)!;
        config["rootfs"]!["diff_ids"]![1] = "sha256:" + new string('0', 64);
        Images.Add("wrong", new TestImage([.. wrong.Layers]) { Config = System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()) });

        IReadOnlyList<PSObject> images = _engine.Run("Repair-OciImage oci:images:wrong; Repair-OciImage oci:images:wrong -Deep -Force");

        Assert.Equal(["False", "True"], images.Texts("Changed"));
        Assert.Equal(
            wrong.Layers.Select(layer => layer.DiffId),
            Images.Config("wrong")["rootfs"]!["diff_ids"]!.AsArray().Select(diffId => (string?)diffId));
    }

    [Fact]
    public void DiffIds_TooFewWithoutDeep_IsWarnedAbout()
    {
        TestImage image = TestImage.App();
        JsonNode config = JsonNode.Parse(image.Config)!;
        config["rootfs"]!["diff_ids"]!.AsArray().RemoveAt(0);
        Images.Add("few", new TestImage([.. image.Layers]) { Config = System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()) });

        Result result = _engine.Invoke("Repair-OciImage oci:images:few");

        Assert.Contains("-Deep", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(false, Assert.Single(result.Output).Value("Changed"));
    }

    [Fact]
    public void Index_OneImageIsBroken_OnlyThatChanges()
    {
        var images = new LayoutImages(_engine.GetPath("many"));
        JsonObject sane = images.Image("linux/amd64", [images.Layer(("a", "b"))]);
        JsonObject layer = images.Layer(("c", "d"));
        JsonObject config = images.Put(new JsonObject
        {
            ["architecture"] = "arm64",
            ["os"] = "linux",
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray("sha256:" + new string('a', 64)) },
        }, LayoutImages.ConfigType);
        JsonObject broken = images.Put(LayoutImages.Manifest(config, [layer]), LayoutImages.ManifestType);
        broken["platform"] = new JsonObject { ["architecture"] = "arm64", ["os"] = "linux" };
        images.Tag("multi", images.Index(sane, broken));

        Assert.Equal(true, Assert.Single(_engine.Run("Repair-OciImage oci:many:multi -Force")).Value("Changed"));

        JsonNode[] entries = _engine.Layout("many").Manifest("multi")["manifests"]!.AsArray().Select(entry => entry!).ToArray();
        Assert.Equal(LayoutImages.Digest(sane), (string?)entries[0]["digest"]);
        Assert.NotEqual(LayoutImages.Digest(broken), (string?)entries[1]["digest"]);
        Assert.Equal("arm64", (string?)entries[1]["platform"]!["architecture"]);
        Assert.Single(_engine.Run("(Get-OciImageConfig oci:many:multi -Platform linux/arm64).History"));
    }

    [Fact]
    public void Reference_OneOfSeveralIsBad_OthersAreRepaired()
    {
        Result result = _engine.Invoke("'oci:images:none', 'BAD REF', 'oci:images:broken' | Repair-OciImage -Force");

        Assert.Equal(["broken"], result.Output.Texts("Tag"));
        Assert.Equal(2, result.Errors.Count);
        result.Errors[0].ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:images:none");
        result.Errors[1].ShouldBe("InvalidReference", ErrorCategory.InvalidArgument, "BAD REF");
    }

    [Fact]
    public void Destination_Missing_OfWhatCannotBeReplacedIsError()
    {
        Tarball.Kaniko(new TestImage(1, [.. TestImage.App().Layers])).Save(_engine.GetPath("app.tar"));

        foreach (string reference in new[] { "docker-archive:app.tar", $"oci:images@{_broken}" })
        {
            _engine.Invoke("Repair-OciImage $args", reference).Error.ShouldBe(
                "InvalidDestination", ErrorCategory.InvalidArgument, reference);
        }
    }

    [Fact]
    public void Destination_ScriptBlockWithoutPipeline_IsError()
    {
        Result result = _engine.Invoke("Repair-OciImage oci:images:broken -Destination { 'oci:out:x' }");

        Assert.StartsWith("ScriptBlockArgumentNoInput,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(_broken, Images.GetDigest("broken"));
    }

    [GeneratedRegex("\"diff_ids\":\\[[^\\]]*\\]")]
    private static partial Regex DiffIds();
}
