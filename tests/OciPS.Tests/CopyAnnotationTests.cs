// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Copy-OciImage's -Annotation.</summary>
public sealed class CopyAnnotationTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;

    public CopyAnnotationTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _images.Tag("multi", _images.FourPlatforms());
        _images.Tag("single", _images.Image("linux/amd64", [_images.Layer(("a", "b"))]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    [Fact]
    public void Annotation_ValuesOfAllTypes_BecomeText()
    {
        _engine.Run("""
            Copy-OciImage oci:images:multi oci:out:x -Platform linux/amd64 -Annotation @{
                text = 'a'; number = 5; real = 1.5; yes = $true; nothing = $null; list = 1, 2; 7 = 'key'; object = [version]'1.2.3' }
            """);

        string[] expected = ["7=key", "list=1 2", "nothing=", "number=5", "object=1.2.3", "real=1.5", "text=a", "yes=True"];
        foreach (JsonNode annotations in new[] { Out.Manifest("x")["annotations"]!, JsonNode.Parse(
            File.ReadAllBytes(Out.BlobPath((string)Out.Manifest("x")["manifests"]![0]!["digest"]!)))!["annotations"]! })
        {
            Assert.Equal(expected, annotations.AsObject().Select(item => $"{item.Key}={item.Value}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Annotation_ObjectWithScriptedText_IsAskedOnThePipelinesThread()
    {
        _engine.Run("""
            $global:threads = @([Environment]::CurrentManagedThreadId)
            $value = [pscustomobject]@{} | ForEach-Object { $_.PSObject.Members.Add([psscriptmethod]::new('ToString', { $global:threads += [Environment]::CurrentManagedThreadId; 'text' })); $_ }
            Copy-OciImage oci:images:single oci:out:x -Annotation @{ key = $value }
            """);

        Assert.Equal("text", (string?)Out.Manifest("x")["annotations"]!["key"]);
        IReadOnlyList<PSObject> threads = _engine.Run("$global:threads");
        Assert.True(threads.Count > 1);
        Assert.Single(threads.Select(thread => thread.BaseObject).Distinct());
    }

    [Fact]
    public void Annotation_SameValueAgain_ChangesNothing()
    {
        PSObject first = Assert.Single(
            _engine.Run("Copy-OciImage oci:images:multi oci:out:x -Annotation @{ a = 1 } -WarningAction SilentlyContinue"));
        PSObject second = Assert.Single(
            _engine.Run(
                "$more = [System.Collections.Generic.Dictionary[string, string]]::new(); $more['a'] = '1'; Copy-OciImage oci:out:x "
                    + "oci:out:y -Annotation $more"));

        Assert.Equal(true, first.Value("Changed"));
        Assert.Equal(false, second.Value("Changed"));
        Assert.Equal(first.Text("Digest"), second.Text("Digest"));
    }
}
