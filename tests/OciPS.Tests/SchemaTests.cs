// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>All OCI documents that cmdlets write, against the image specification's JSON schemas.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;

    public SchemaTests()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));
        _images = new LayoutImages(_engine.GetPath("images"));
        JsonObject layer = _images.Layer(("etc/secret.key", "SECRET"), ("bin/app", "app"));
        JsonObject dockerLayer = _images.GetLayer(LayoutImages.DockerLayerType, ("etc/secret.key", "SECRET"), ("bin/app", "app"));
        JsonObject single = _images.Image("linux/arm64/v8", [layer]);
        JsonObject docker = _images.Image("linux/amd64", [dockerLayer], docker: true);
        _images.Tag("multi", _images.FourPlatforms());
        _images.Tag("single", single);
        _images.Tag("docker", docker);
        _images.Tag(
            "list",
            _images.IndexOf(LayoutImages.DockerListType, docker, _images.Image("windows/amd64:10.0.20348.1", [dockerLayer], docker: true)));
        _images.Tag("nested", _images.Index(single, _images.Index(_images.Image("linux/arm/v7", [layer]))));
        _images.Tag("artifact", _images.Artifact());
        _images.Tag("referrer", _images.Artifact("application/vnd.example.sbom", single));
        _images.Tag(
            "short",
            Broken("""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:aa"]}"""
                + ""","history":[{"created_by":"ENV A=1","empty_layer":true}]}""", layer));
        _images.Tag("bare", Broken("""{"architecture":"amd64","os":"linux"}""", layer));
        _images.Tag("schema1", Schema1(layer));
        _images.Tag("annotated", _images.Image(
            "linux/amd64",
            [layer],
            change: manifest => manifest["layers"]![0]!["annotations"] = new JsonObject { ["containerd.io/uncompressed"] = "sha256:aa" }));
    }

    public void Dispose() => _engine.Dispose();

    [SchemaTheory]
    [InlineData("Publish-OciKanikoImage app.tar oci:out:x -Format Oci", 1, 1)]
    [InlineData("Publish-OciKanikoImage app.tar oci:out:x -AdditionalTag y, z", 1, 1)]
    [InlineData("Copy-OciImage docker-archive:app.tar oci:out:x", 1, 1)]
    [InlineData("Copy-OciImage docker-archive:app.tar oci:out:x -Mode NormaliseToMultiArch -Annotation @{ a = 1 }", 1, 2)]
    [InlineData("Copy-OciImage oci:images:single oci:out", 1, 1)]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -Mode RegistryDefaults", 1, 1)]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -Mode NormaliseToMultiArch", 1, 2)]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -Annotation @{ number = 1; 'org.example' = $null }", 1, 1)]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -IncludeReferrer", 1, 2)]
    [InlineData("Copy-OciImage oci:images:multi oci:out:x", 6, 7)]
    [InlineData("Copy-OciImage oci:images:multi oci:out:x -Mode NormaliseToMultiArch", 6, 7)]
    [InlineData("Copy-OciImage oci:images:multi oci:out:x -Platform windows/*, linux/arm64", 3, 4)]
    [InlineData("Copy-OciImage oci:images:multi oci:out:x -PlatformFilter { $_.Variant -eq 'v7' }", 1, 2)]
    [InlineData("Copy-OciImage oci:images:multi oci:out:x -Annotation @{ a = 'b' }", 6, 7)]
    [InlineData("Copy-OciImage oci:images:docker oci:out:x -Format Oci", 1, 1)]
    [InlineData("Copy-OciImage oci:images:docker oci:out:x -Format Oci -Mode NormaliseToMultiArch", 1, 2)]
    [InlineData("Copy-OciImage oci:images:docker oci:out:x", 0, 0)]
    [InlineData("Copy-OciImage oci:images:list oci:out:x -Format Oci", 2, 3)]
    [InlineData("Copy-OciImage oci:images:list oci:out:x -Format Oci -Platform windows/* -Annotation @{ a = 'b' }", 1, 2)]
    [InlineData("Copy-OciImage oci:images:nested oci:out:x", 2, 4)]
    [InlineData("Copy-OciImage oci:images:nested oci:out:x -Platform linux/arm/v7", 1, 3)]
    [InlineData("Copy-OciImage oci:images:artifact oci:out:x", 0, 1)]
    [InlineData("Copy-OciImage oci:images:artifact oci:out:x -Mode NormaliseToMultiArch", 0, 2)]
    [InlineData("Copy-OciImage oci:images:schema1 oci:out:x -Format Oci", 1, 1)]
    [InlineData("Remove-OciImageFile oci:images:single -Path *.key -Destination oci:out:x", 1, 1)]
    [InlineData("Remove-OciImageFile oci:images:annotated -Path *.key -Destination oci:out:x -Annotation @{ a = 1 }", 1, 1)]
    [InlineData("Remove-OciImageFile oci:images:single -Path * -Destination oci:out:x -Mode NormaliseToMultiArch", 1, 2)]
    [InlineData("Remove-OciImageFile oci:images:single -Path none* -Destination oci:out:x", 1, 1)]
    [InlineData("Remove-OciImageFile oci:images:multi -Path *.key -Destination oci:out:x", 4, 5)]
    [InlineData("Remove-OciImageFile oci:images:multi -Path *.key -Destination oci:out:x -KeepAttestation -Annotation @{ a = 1 }", 6, 7)]
    [InlineData("Remove-OciImageFile oci:images:multi -Path *.key -Destination oci:out:x -KeepAttestation -Platform linux/*", 5, 6)]
    [InlineData("Remove-OciImageFile oci:images:nested -Path *.key -Destination oci:out:x", 2, 4)]
    [InlineData("Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:out:x", 1, 1)]
    [InlineData("Get-OciImageFile oci:images:single -Path *.key | Remove-OciImageFile -Destination oci:out:x", 1, 1)]
    [InlineData("Repair-OciImage oci:images:short -Destination oci:out:x", 1, 1)]
    [InlineData("Repair-OciImage oci:images:bare -Destination oci:out:x -Deep", 1, 1)]
    [InlineData("Repair-OciImage oci:images:multi -Destination oci:out:x -Deep", 6, 7)]
    [InlineData("$null = Copy-OciImage oci:images:short oci:out:x; Repair-OciImage oci:out:x -Force", 1, 1)]
    public void Documents_EachWayToWrite_ValidateAgainstTheSchemas(string script, int configs, int manifestsAndIndexes)
    {
        Assert.NotEmpty(_engine.Run("$WarningPreference = 'SilentlyContinue'; " + script));

        IReadOnlyList<LayoutDocument> documents = LayoutDocuments.Read(_engine.GetPath("out"));
        Assert.Equal(configs, documents.Count(document => document.Kind == DocumentKind.Config));
        Assert.Equal(manifestsAndIndexes, documents.Count(document => document.Kind is DocumentKind.Manifest or DocumentKind.Index) - 1);
        foreach (LayoutDocument document in documents)
        {
            Assert.Empty(ImageSchemas.Validate(document.Kind, document.Json).Select(
                error => $"{document.Kind} {document.Name}: {error} in {document.Json}"));
        }
    }

    [SchemaTheory]
    [InlineData("Copy-OciImage oci:images:signed $destination -IncludeReferrer")]
    [InlineData("Copy-OciImage oci:images:referrer $destination")]
    public async Task FallbackIndex_RegistryWithoutReferrersApi_ValidatesAgainstTheSchema(string script)
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        JsonObject subject = _images.Image("linux/386", [_images.Layer(("a", "b"))]);
        string signed = _images.Tag("signed", subject);
        string single = LayoutImages.GetTagDigest(_images.Folder, "single");
        _images.Tag("sbom", _images.Artifact("application/vnd.example.sbom", subject));
        _engine.Set("destination", registry.Host + "/team/app:x");

        _engine.Run(script);

        RegistryContent.StoredManifest fallback = new[] { signed, single }
            .Select(digest => registry.Content.FindManifest("team/app", digest.Replace(':', '-'))).OfType<RegistryContent.StoredManifest>()
            .Single();
        string json = Encoding.UTF8.GetString(fallback.Bytes);
        Assert.Equal(LayoutImages.IndexType, fallback.MediaType);
        Assert.Single(JsonNode.Parse(json)!["manifests"]!.AsArray());
        Assert.Empty(ImageSchemas.Validate(DocumentKind.Index, json));
    }

    [SchemaTheory]
    [InlineData("Layout", "imageLayoutVersion")]
    [InlineData("Index", "schemaVersion")]
    [InlineData("Index", "manifests/0/digest")]
    [InlineData("Index", "manifests/0/platform/os")]
    [InlineData("Manifest", "config")]
    [InlineData("Manifest", "layers/0/size")]
    [InlineData("Config", "rootfs")]
    [InlineData("Config", "rootfs/diff_ids")]
    public void Validator_FieldIsMissing_Fails(string kind, string field)
    {
        LayoutDocument document = Copied(kind);
        JsonNode json = JsonNode.Parse(document.Json)!;
        string[] path = field.Split('/');
        Below(json, path[..^1]).AsObject().Remove(path[^1]);

        Assert.Empty(ImageSchemas.Validate(document.Kind, document.Json));
        Assert.NotEmpty(ImageSchemas.Validate(document.Kind, json.ToJsonString()));
    }

    [SchemaTheory]
    [InlineData("Index", "manifests/0/digest", "\"no digest\"")]
    [InlineData("Index", "manifests/0/mediaType", "\"none\"")]
    [InlineData("Manifest", "layers/0/size", "-1")]
    [InlineData("Manifest", "schemaVersion", "1")]
    [InlineData("Manifest", "annotations", """{"number":1}""")]
    [InlineData("Config", "created", "\"yesterday\"")]
    [InlineData("Config", "history", """[{"empty_layer":"yes"}]""")]
    [InlineData("Config", "rootfs/type", "\"other\"")]
    public void Validator_ValueIsWrong_Fails(string kind, string field, string value)
    {
        LayoutDocument document = Copied(kind);
        JsonNode json = JsonNode.Parse(document.Json)!;
        string[] path = field.Split('/');
        Below(json, path[..^1])[path[^1]] = JsonNode.Parse(value);

        Assert.NotEmpty(ImageSchemas.Validate(document.Kind, json.ToJsonString()));
    }

    private LayoutDocument Copied(string kind)
    {
        _engine.Run("Copy-OciImage oci:images:multi oci:out:x");
        return LayoutDocuments.Read(_engine.GetPath("out")).Last(document => document.Kind == Enum.Parse<DocumentKind>(kind));
    }

    private static JsonNode Below(JsonNode json, string[] path) =>
        path.Aggregate(json, (node, name) => node is JsonArray array ? array[int.Parse(
            name, System.Globalization.CultureInfo.InvariantCulture)]! : node[name]!);

    private JsonObject Broken(string config, JsonObject layer) =>
        _images.Put(
            LayoutImages.Manifest(_images.Put(Encoding.UTF8.GetBytes(config), LayoutImages.ConfigType), [layer]),
            LayoutImages.ManifestType);

    private JsonObject Schema1(JsonObject layer) => _images.Put(
        new JsonObject
        {
            ["schemaVersion"] = 1,
            ["name"] = "team/app",
            ["tag"] = "1",
            ["architecture"] = "amd64",
            ["fsLayers"] = new JsonArray(new JsonObject { ["blobSum"] = LayoutImages.Digest(layer) }),
            ["history"] = new JsonArray(new JsonObject
            {
                ["v1Compatibility"] = """{"id":"a","created":"2024-01-02T03:04:05Z","architecture":"amd64","os":"linux","config":{"Env":"""
                    + """["A=1"],"Volumes":null},"container_config":{"Cmd":["/bin/sh","-c","COPY . /"]}}""",
            }),
        },
        "application/vnd.docker.distribution.manifest.v1+json");
}
