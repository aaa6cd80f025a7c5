// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class GetOciManifestTests : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Layout_Image_HasTheManifestsProperties()
    {
        TestImage image = TestImage.App();
        string digest = _engine.Layout("images").Add("app", image);

        PSObject manifest = Assert.Single(_engine.Run("Get-OciManifest oci:images:app"));

        Assert.Equal("OciPS.OciManifest", manifest.BaseObject.GetType().FullName);
        Assert.Equal(digest, manifest.Text("Digest"));
        Assert.Equal($"oci:{_engine.GetPath("images")}:app", manifest.Value("Reference"));
        Assert.Equal("app", manifest.Value("Tag"));
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", manifest.Value("MediaType"));
        Assert.Equal(2, manifest.Value("SchemaVersion"));
        Assert.Equal(image.Layers.Select(layer => layer.Digest), manifest.List("Layers").Texts("Digest"));
        Assert.Equal(
            image.Layers.Select(layer => (object)(long)layer.Blob.Length), manifest.List("Layers").Select(layer => layer.Value("Size")));
        Assert.Equal(image.ConfigDigest, PSObject.AsPSObject(manifest.Value("Config")).Text("Digest"));
        Assert.Equal(digest, TestLayer.GetDigest(System.Text.Encoding.UTF8.GetBytes(manifest.Text("RawJson"))));
        Assert.Equal((long)manifest.Text("RawJson").Length, manifest.Value("Size"));
        Assert.Null(manifest.Value("Subject"));
        Assert.Null(manifest.Value("ArtifactType"));
        Assert.Equal("kept", Assert.Single(_engine.Run("(Get-OciManifest oci:images:app).Annotations['org.example']")).BaseObject);
    }
}
