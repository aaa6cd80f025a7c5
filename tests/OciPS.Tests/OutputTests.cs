// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Reflection;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>The properties that scripts rely on: design.md, section 4.</summary>
public sealed class OutputTests : IDisposable
{
    private const string Manifest = "Get-OciManifest oci:images:app";
    private const string ImageFile = "Get-OciImageFile oci:images:app -LiteralPath app/readme.txt";
    private const string Published = "Publish-OciKanikoImage app.tar oci:out:app";
    private const string Rewritten = "Remove-OciImageFile oci:images:app -Path *.key -Destination oci:out:clean";

    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();

    public OutputTests()
    {
        _engine.Layout("images").Add("app", _image);
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData(Manifest, "Reference,Digest,MediaType,Size,SchemaVersion,Config,Layers,Annotations,Subject,ArtifactType,RawJson")]
    [InlineData($"({Manifest}).Config", "Digest,MediaType,Size,Annotations,Urls,Platform,ArtifactType")]
    [InlineData(
        ImageFile, "Id,FullName,Name,Type,Size,Mode,UnixFileMode,Uid,Gid,LastWriteTime,LinkTarget,LayerDigest,LayerIndex,Reference,Tag")]
    [InlineData(Published, "Reference,Tag,DigestReference,Digest,MediaType,Size,Changed,BytesTransferred,BytesMounted")]
    [InlineData(
        Rewritten,
        "Reference,Tag,DigestReference,Digest,MediaType,Size,Changed,BytesTransferred,BytesMounted,Source,RemovedFiles,PromotedFiles,"
            + "RewrittenLayers,KeptLayers")]
    public void Output_Object_HasTheDesignsProperties(string script, string properties)
    {
        PSObject output = Assert.Single(_engine.Run(script));

        Assert.Empty(properties.Split(',').Except(output.Properties.Select(property => property.Name)));
    }

    [Theory]
    [InlineData(Manifest)]
    [InlineData(ImageFile)]
    [InlineData(Published)]
    [InlineData(Rewritten)]
    public void Output_Type_DoesNotBindByAccident(string script)
    {
        Type type = Assert.Single(_engine.Run(script)).BaseObject.GetType();

        Assert.Empty(type.GetConstructors(BindingFlags.Instance | BindingFlags.Public));
        Assert.Equal(typeof(string), type.GetProperty("Reference")!.PropertyType);
        Assert.Null(type.GetProperty("Path"));
        Assert.Null(type.GetProperty("PSPath"));
    }

    [Fact]
    public void OciImageFile_Regular_HasTheEntrysValues()
    {
        PSObject file = Assert.Single(_engine.Run("Get-OciImageFile oci:images:app -LiteralPath bin/tool"));
        string reference = $"oci:{_engine.GetPath("images")}:app";

        Assert.Equal($"{_image.Layers[0].Digest}:bin/tool", file.Value("Id"));
        Assert.Equal("bin/tool", file.Value("FullName"));
        Assert.Equal("tool", file.Value("Name"));
        Assert.Equal("File", file.Value("Type"));
        Assert.Equal(6L, file.Value("Size"));
        Assert.Equal("0755", file.Value("Mode"));
        Assert.Equal(TarBuilder.ExecutableMode, file.Value("UnixFileMode"));
        Assert.Equal(1000L, file.Value("Uid"));
        Assert.Equal(100L, file.Value("Gid"));
        Assert.Equal(TarBuilder.Time.LocalDateTime, file.Value("LastWriteTime"));
        Assert.Null(file.Value("LinkTarget"));
        Assert.Equal(_image.Layers[0].Digest, file.Value("LayerDigest"));
        Assert.Equal(0, file.Value("LayerIndex"));
        Assert.Equal(reference, file.Value("Reference"));
        Assert.Equal("app", file.Value("Tag"));
        Assert.Equal($"{reference}!/bin/tool", file.BaseObject.ToString());
    }

    [Fact]
    public void OciImageFile_Link_HasItsTarget()
    {
        PSObject[] links = [.. _engine.Run("Get-OciImageFile oci:images:app -Type SymbolicLink, HardLink")];

        Assert.Equal(["bin/alias", "lib", "app/copy"], links.Texts("FullName"));
        Assert.Equal(["tool", "usr/lib", "app/Upper.KEY"], links.Texts("LinkTarget"));
        Assert.Equal("upper", links[2].Call<string>("ReadAllText"));
        Assert.Equal(string.Empty, links[0].Call<string>("ReadAllText"));
    }

    [Fact]
    public void OciPublishedImage_FirstAndSecondTime_TellsWhatMoved()
    {
        PSObject first = Assert.Single(_engine.Run(Published));
        PSObject second = Assert.Single(_engine.Run(Published));

        string digest = _engine.Layout("out").GetDigest("app");
        Assert.Equal(digest, first.Text("Digest"));
        Assert.Equal(digest, second.Text("Digest"));
        Assert.Equal($"oci:{_engine.GetPath("out")}:app", first.Value("Reference"));
        Assert.Equal($"oci:{_engine.GetPath("out")}@{digest}", first.Value("DigestReference"));
        Assert.Equal(true, first.Value("Changed"));
        Assert.Equal(false, second.Value("Changed"));
        Assert.Equal(_image.Layers.Sum(layer => (long)layer.Blob.Length) + _image.Config.Length, first.Value("BytesTransferred"));
        Assert.Equal(0L, second.Value("BytesTransferred"));
        Assert.Equal(0L, second.Value("BytesMounted"));
        Assert.Equal(digest, Assert.Single(_engine.Run("Get-OciManifest $args", first.Value("DigestReference"))).Text("Digest"));
    }

    [Fact]
    public void OciRewrittenImage_FilesRemoved_TellsWhatBecameOfEachLayer()
    {
        PSObject image = Assert.Single(_engine.Run(Rewritten));
        string[] layers = _engine.Layout("out").LayerDigests("clean");

        Assert.Equal($"oci:{_engine.GetPath("images")}:app", image.Value("Source"));
        Assert.Equal($"oci:{_engine.GetPath("out")}:clean", image.Value("Reference"));
        Assert.Equal(true, image.Value("Changed"));
        Assert.Equal(["etc/ssl/private.key", "app/server.key"], image.List("RemovedFiles").Texts("FullName"));
        Assert.Equal(["OciPS.OciImageFile"], image.List("RemovedFiles").Select(file => file.BaseObject.GetType().FullName).Distinct());
        Assert.Empty(image.List("PromotedFiles"));
        Assert.Equal(layers[..2], image.List("RewrittenLayers").Texts("Digest"));
        Assert.Equal(layers[2..], image.List("KeptLayers").Texts("Digest"));
        Assert.Equal(_image.Layers[2].Digest, layers[2]);
        Assert.Equal("SECRET-KEY-TWO", image.List("RemovedFiles")[1].Call<string>("ReadAllText"));
    }
}
