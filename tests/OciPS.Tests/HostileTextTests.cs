// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>
/// What strangers write into images and registries does nothing to a terminal, in whatever way it is shown; properties keep it.
/// </summary>
public sealed class HostileTextTests : IDisposable
{
    // Clears the screen, sets the title (with a BEL), begins a C1 sequence, turns the writing direction.
    private const string Evil = "\e[2J\e]0;x\a\u009b31m\u202etxt";
    private const string Shown = @"\u001b[2J\u001b]0;x\u0007\u009b31m\u202etxt";

    private readonly Engine _engine = new();
    private readonly LayoutImages _images;

    public HostileTextTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        JsonObject layer = _images.Layer(
            ($"dir/{Evil}", "content"),
            ("dir/plain\nforged", "x"),
            ("etc/motd", $"before{Evil}\nfound {Evil}\nafter{Evil}\n"),
            ($"dir/link{Evil}->dir/{Evil}", ""));
        JsonObject config = new()
        {
            ["architecture"] = Evil,
            ["os"] = "linux",
            ["os.version"] = Evil,
            ["author"] = Evil,
            ["config"] = new JsonObject
            {
                ["User"] = Evil,
                ["WorkingDir"] = Evil,
                ["Env"] = new JsonArray("A=" + Evil),
                ["Cmd"] = new JsonArray(Evil),
                ["Entrypoint"] = new JsonArray(Evil),
                ["Labels"] = new JsonObject { ["label" + Evil] = Evil },
                ["ExposedPorts"] = new JsonObject { [Evil] = new JsonObject() },
                ["Volumes"] = new JsonObject { [Evil] = new JsonObject() },
            },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(LayoutImages.Digest(layer)) },
            ["history"] = new JsonArray(
                new JsonObject { ["created"] = "2024-01-02T03:04:05Z", ["created_by"] = Evil, ["author"] = Evil, ["comment"] = Evil }),
        };
        JsonObject manifest = LayoutImages.Manifest(_images.Put(config, LayoutImages.ConfigType), [layer]);
        manifest["annotations"] = new JsonObject { ["note" + Evil] = Evil };
        manifest["artifactType"] = "application/" + Evil;
        JsonObject image = _images.Put(manifest, LayoutImages.ManifestType);
        _images.Tag("1", image);
        JsonObject listed = image.DeepClone().AsObject();
        listed["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "amd64", ["variant"] = Evil, ["os.version"] = Evil };
        listed["annotations"] = new JsonObject { ["entry"] = Evil };
        JsonObject strange = _images.Put("{}"u8.ToArray(), "application/x" + Evil);
        JsonObject index = _images.Json(LayoutImages.Digest(_images.Index(listed, strange)));
        index["annotations"] = new JsonObject { ["index"] = Evil };
        _images.Tag("idx", _images.Put(index, LayoutImages.IndexType));
        _images.Tag("bad" + Evil, image);
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-OciImageFile oci:images:1 -Type File, HardLink")]
    [InlineData("Get-OciManifest oci:images:1")]
    [InlineData("Get-OciManifest oci:images:idx")]
    [InlineData("(Get-OciManifest oci:images:idx).Manifests")]
    [InlineData("(Get-OciManifest oci:images:1).Layers")]
    [InlineData("Get-OciImageConfig oci:images:1")]
    [InlineData("(Get-OciImageConfig oci:images:1).History")]
    [InlineData("(Get-OciImageConfig oci:images:1).Labels")]
    [InlineData("(Get-OciManifest oci:images:1).Annotations")]
    [InlineData("(Get-OciManifest oci:images:idx).Annotations.GetEnumerator()")]
    [InlineData("(Get-OciManifest oci:images:idx).Manifests.Annotations")]
    [InlineData("Get-OciTag oci:images -Name 1; (Get-OciImageConfig oci:images:1).Labels")]
    [InlineData("Get-OciPlatform oci:images:1")]
    [InlineData("Compare-OciImage oci:images:1 oci:plain:1")]
    [InlineData("Get-OciImageFile oci:images:1 -Path 'etc/*' | Select-OciFileString found.* -Context 1")]
    [InlineData("(Get-OciImageFile oci:images:1 -Path 'etc/*' | Select-OciFileString found.*).Matches")]
    [InlineData("Copy-OciImage oci:images:1 'oci:copies:tag'")]
    [InlineData("Remove-OciImageFile oci:images:1 -Path 'dir/*' -Destination oci:copies:clean")]
    [InlineData("New-PSDrive hostile Oci oci:images:1 | Out-Null; Get-ChildItem hostile:/dir")]
    public void Views_OfHostileContent_SteerNoTerminal(string script)
    {
        WritePlain();

        foreach (string view in new[] { "", " | Format-Table", " | Format-List", " | Format-Table -Wrap", " | Format-Wide" })
        {
            string[] lines = _engine.Show(view.Length == 0 ? script : $"&{{ {script} }}{view}");
            _engine.Run("Remove-PSDrive hostile -ErrorAction Ignore");

            Assert.NotEmpty(lines);
            AssertHarmless(lines);
        }
    }

    [Theory]
    [InlineData("Get-OciImageFile oci:images:1 | Format-List", "FullName")]
    [InlineData("Get-OciImageConfig oci:images:1", "Labels")]
    [InlineData("(Get-OciImageConfig oci:images:1).Labels", "Key")]
    [InlineData("(Get-OciManifest oci:images:1).Annotations | Format-List", "Value")]
    [InlineData("(Get-OciImageConfig oci:images:1).History | Format-List", "CreatedBy")]
    [InlineData("Get-OciManifest oci:images:1 | Format-List", "Annotations")]
    [InlineData("Get-OciManifest oci:images:idx | Format-List", "Manifests")]
    [InlineData("Get-OciPlatform oci:images:1 | Format-List", "OSVersion")]
    public void Views_OfHostileContent_ShowItEscaped(string script, string label)
    {
        string text = string.Concat(_engine.Show(script).Select(line => line.Trim()));

        Assert.Contains(label, text, StringComparison.Ordinal);
        Assert.Contains(@"\u001b[2J", text, StringComparison.Ordinal);
        Assert.Contains(@"\u202e", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_OfHostileContent_KeepTheTrueValue()
    {
        Assert.Contains($"dir/{Evil}", _engine.Run("(Get-OciImageFile oci:images:1).FullName").Select(name => name.ToString()));
        Assert.Equal(Evil, _engine.Run("(Get-OciImageConfig oci:images:1).User").Single().ToString());
        Assert.Equal(Evil, _engine.Run("(Get-OciImageConfig oci:images:1).History[0].CreatedBy").Single().ToString());
        Assert.Equal(Evil, _engine.Run("(Get-OciManifest oci:images:1).Annotations[$args[0]]", "note" + Evil).Single().ToString());
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:1 -Path 'dir/*' -Destination oci:copies:clean -WhatIf")]
    [InlineData("Remove-OciImageFile oci:images:idx -Path 'dir/*' -Destination oci:copies:clean -WhatIf")]
    [InlineData("Copy-OciImage $bad oci:copies:clean -WhatIf")]
    [InlineData("Get-OciImageFile oci:images:1 | Export-OciImageFile -DestinationPath out -WhatIf")]
    [InlineData("Repair-OciImage $bad -WhatIf")]
    public void WhatIf_OfHostileContent_SteersNoTerminal(string script)
    {
        _engine.Set("bad", "oci:images:bad" + Evil);

        AssertHarmless(_engine.Show(script));
    }

    [Fact]
    public void WhatIf_NameWithALineBreak_ForgesNoLine()
    {
        string[] lines = _engine.Show("Remove-OciImageFile oci:images:1 -Path 'dir/*' -Destination oci:copies:clean -WhatIf");

        Assert.DoesNotContain(lines, line => line.StartsWith("forged", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(@"plain\u000aforged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-OciImageFile $bad -LiteralPath $evil")]
    [InlineData("Get-OciImageFile oci:images:idx -Platform linux/none")]
    [InlineData("Get-OciTag oci:images -Name bad*")]
    [InlineData("Get-OciManifest oci:images:none")]
    [InlineData("Get-OciManifest \"oci:images:$evil\"")]
    [InlineData("Get-OciManifest $evil")]
    [InlineData("Remove-OciImageFile oci:images:1 -LiteralPath $evil -Destination oci:copies:1")]
    [InlineData("Remove-OciImageFile oci:images:idx -Path 'dir/*' -Destination oci:copies:1")]
    [InlineData("Copy-OciImage oci:images:idx oci:copies:2 -Platform linux/amd64")]
    [InlineData("Copy-OciImage $bad $bad")]
    public void Messages_OfHostileContent_SteerNoTerminal(string script)
    {
        _engine.Set("evil", Evil);
        _engine.Set("bad", "oci:images:bad" + Evil);

        Result result = _engine.Invoke($"$VerbosePreference = 'Continue'; {script}");

        string[] texts =
        [
            .. result.AllErrors.SelectMany(error => new[] { error.ToString(), error.CategoryInfo.ToString() }),
            .. result.Warnings, .. result.Verbose,
        ];
        Assert.NotEmpty(texts);
        AssertHarmless(texts);
    }

    [Fact]
    public void LayoutTag_WithAnEscape_IsLeftOutWithAWarning()
    {
        Result result = _engine.Invoke("Get-OciTag oci:images");

        Assert.Equal(["1", "idx"], result.Output.Texts("Name"));
        string warning = Assert.Single(result.Warnings);
        Assert.Contains("bad" + Shown, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegistryTags_ThatTheSpecificationDoesNotAllow_AreLeftOutWithAWarning()
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        registry.Options.Intercept = async context =>
        {
            bool isList = context.Request.Path.Value!.EndsWith("/tags/list", StringComparison.Ordinal);
            if (isList)
            {
                await context.Response.WriteAsync(new JsonObject
                {
                    ["tags"] = new JsonArray(
                    "1.0", Evil, "-x", "a/b", "a b", "", "_ok", new string('a', 129), new string('b', 128))
                }.ToJsonString());
            }

            return isList;
        };

        Result result = _engine.Invoke($"Get-OciTag {registry.Host}/team/app");

        Assert.Equal(["1.0", "_ok", new string('b', 128)], result.Output.Texts("Name"));
        AssertHarmless([Assert.Single(result.Warnings)]);
        Assert.Contains(Shown, result.Warnings[0], StringComparison.Ordinal);
    }

    /// <summary>An image with nothing strange, to compare with.</summary>
    private void WritePlain()
    {
        var plain = new LayoutImages(_engine.GetPath("plain"));
        plain.Tag("1", plain.Image("linux/amd64", [plain.Layer(("dir/a", "A"))]));
    }

    private static void AssertHarmless(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Assert.DoesNotContain(text, letter => (char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))
                || char.GetUnicodeCategory(letter) == UnicodeCategory.Format);
        }
    }
}
