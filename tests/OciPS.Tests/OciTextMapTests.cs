// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Labels and annotations are used as any dictionary is.</summary>
public sealed class OciTextMapTests : IDisposable
{
    private readonly Engine _engine = new();

    public OciTextMapTests()
    {
        _engine.Layout("images").Add("app", TestImage.App(), manifest => manifest["annotations"] = new System.Text.Json.Nodes.JsonObject
        {
            ["z.key"] = "1",
            ["a"] = "two",
            ["Count"] = "9",
        });
        _engine.Run("$map = (Get-OciManifest oci:images:app).Annotations");
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("$map['z.key']", "1")]
    [InlineData("$map.'z.key'", "1")]
    [InlineData("$map.a", "two")]
    [InlineData("$map.Keys -join ','", "z.key,a,Count")]
    [InlineData("$map.Keys[0]", "z.key")]
    [InlineData("$map.Values -join ','", "1,two,9")]
    [InlineData("$map.ContainsKey('a')", "True")]
    [InlineData("$null -eq $map['A']", "True")]
    [InlineData("([hashtable] $map)['a']", "two")]
    [InlineData("ConvertTo-Json $map -Compress", """{"z.key":"1","a":"two","Count":"9"}""")]
    [InlineData("($map.GetEnumerator() | Where-Object Value -eq two).Key", "a")]
    [InlineData("($map.GetEnumerator() | Sort-Object Key).Key -join ','", "a,Count,z.key")]
    [InlineData("\"$map\"", "z.key=1, a=two, Count=9")]
    [InlineData("(Get-OciManifest oci:images:app | Select-Object Annotations | ConvertTo-Csv)[1]", "\"z.key=1, a=two, Count=9\"")]
    public void Map_InAScript_IsADictionary(string script, string expected) =>
        Assert.Equal(expected, _engine.Run(script).Single().ToString());

    [Theory]
    [InlineData("$map['z.key']", "1")]
    [InlineData("$map.a", "two")]
    [InlineData("foreach ($key in $map.Keys) { if ($key -like 'z*') { $map[$key] } }", "1")]
    public void Map_UnderConstrainedLanguage_IsRead(string script, string expected)
    {
        _engine.LanguageMode = PSLanguageMode.ConstrainedLanguage;

        Assert.Equal(expected, _engine.Run(script).Single().ToString());
    }

    [Theory]
    [InlineData("$map.Add('b', 'c')")]
    [InlineData("$map['a'] = 'c'")]
    [InlineData("$map.Clear()")]
    public void Map_Change_IsRefused(string script)
    {
        Assert.NotEmpty(_engine.Invoke(script).AllErrors);
        Assert.Equal("two", _engine.Run("$map['a']").Single().ToString());
    }

    [Fact]
    public void Map_AsAnnotation_IsTaken()
    {
        _engine.Layout("images").Add("bare", TestImage.App(), manifest => manifest.Remove("annotations"));

        _engine.Run("$copy = Copy-OciImage oci:images:bare oci:images:copy -Annotation $map | Get-OciManifest");
        Assert.Equal("two", _engine.Run("$copy.Annotations.a").Single().ToString());
    }

    [Fact]
    public void Map_Saved_IsTheSameAgainInWhatHasIt()
    {
        _engine.Run("Get-OciManifest oci:images:app | Export-Clixml app.xml; $map | Export-Clixml map.xml");

        Assert.Equal("two", _engine.Run("(Import-Clixml app.xml).Annotations.a").Single().ToString());
        Assert.Equal("Count,a,z.key", _engine.Run("(Import-Clixml app.xml).Annotations.Keys -join ','").Single().ToString());
        Assert.IsType<Hashtable>(_engine.Run("Import-Clixml map.xml").Single().BaseObject);
    }
}
