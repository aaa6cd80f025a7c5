// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class GetOciImageConfigTests : IDisposable
{
    private const string Full = """
        {"created":"2024-01-02T03:04:05.5+01:00","author":"someone","architecture":"arm64","variant":"v8","os":"linux",
        "config":{"User":"1000:100","ExposedPorts":{"8080/tcp":{},"53/udp":{}},"Env":["PATH=/bin","EMPTY=","A=b=c"],"Entrypoint":["/bin/app","-x"],"Cmd":["serve"],
        "Volumes":{"/data":{}},"WorkingDir":"/srv","Labels":{"org.opencontainers.image.source":"https://example.com/src","Case":"1"},"StopSignal":"SIGTERM"},
        "rootfs":{"type":"layers","diff_ids":["sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]},
        "history":[{"created":"2024-01-02T03:04:05Z","created_by":"COPY . /","author":"me","comment":"buildkit"},{"created_by":"ENV A=1","empty_layer":true}]}
        """;

    private readonly Engine _engine = new();
    private readonly LayoutImages _images;

    public GetOciImageConfigTests() => _images = new LayoutImages(_engine.GetPath("images"));

    public void Dispose() => _engine.Dispose();

    private JsonObject Add(string tag, string config)
    {
        JsonObject manifest = LayoutImages.Manifest(
            _images.Put(Encoding.UTF8.GetBytes(config), LayoutImages.ConfigType), [_images.Layer(("a", "b"))]);
        JsonObject image = _images.Put(manifest, LayoutImages.ManifestType);
        _images.Tag(tag, image);
        return image;
    }

    [Fact]
    public void Config_EachField_HasItsProperty()
    {
        Add("app", Full);

        PSObject config = Assert.Single(_engine.Run("Get-OciImageConfig oci:images:app"));

        string[] Strings(string property) => config.List(property).Select(item => item.ToString()).ToArray();
        Assert.Equal("OciPS.OciImageConfig", config.BaseObject.GetType().FullName);
        Assert.Equal($"oci:{_engine.GetPath("images")}:app", config.Value("Reference"));
        Assert.Equal("app", config.Value("Tag"));
        Assert.Equal(
            new DateTime(2024, 1, 2, 2, 4, 5, 500, DateTimeKind.Utc), Assert.IsType<DateTime>(config.Value("Created")).ToUniversalTime());
        Assert.Equal("someone", config.Value("Author"));
        Assert.Equal("1000:100", config.Value("User"));
        Assert.Equal("/srv", config.Value("WorkingDir"));
        Assert.Equal("SIGTERM", config.Value("StopSignal"));
        Assert.Equal(["PATH=/bin", "EMPTY=", "A=b=c"], Strings("Env"));
        Assert.Equal(["/bin/app", "-x"], Strings("Entrypoint"));
        Assert.Equal(["serve"], Strings("Cmd"));
        Assert.Equal(["8080/tcp", "53/udp"], Strings("ExposedPorts"));
        Assert.Equal(["/data"], Strings("Volumes"));
        Assert.Equal(["sha256:" + new string('a', 64)], Strings("DiffIds"));
        Assert.Equal("linux/arm64/v8", config.Text("Platform"));
        Assert.Equal(Full, config.Value("RawJson"));
        Assert.Equal(LayoutImages.GetDigest(Encoding.UTF8.GetBytes(Full)), config.Text("Digest"));
        Assert.Equal(
            "https://example.com/src",
            Assert.Single(_engine.Run("(Get-OciImageConfig oci:images:app).Labels['org.opencontainers.image.source']")).BaseObject);
        Assert.Null(Assert.Single(_engine.Run("(Get-OciImageConfig oci:images:app).Labels['no.such']")));
    }

    [Fact]
    public void History_Entries_HaveTheirProperties()
    {
        Add("app", Full);

        PSObject[] history = Assert.Single(_engine.Run("Get-OciImageConfig oci:images:app")).List("History");

        Assert.Equal(["COPY . /", "ENV A=1"], history.Texts("CreatedBy"));
        Assert.Equal(["False", "True"], history.Texts("EmptyLayer"));
        Assert.Equal("me", history[0].Value("Author"));
        Assert.Equal("buildkit", history[0].Value("Comment"));
        Assert.Equal(
            new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), Assert.IsType<DateTime>(history[0].Value("Created")).ToUniversalTime());
        Assert.Null(history[1].Value("Created"));
        Assert.Equal("COPY . /", history[0].ToString());
    }

    [Fact]
    public void Config_AlmostNothingInIt_PropertiesAreEmpty()
    {
        Add("bare", """{"architecture":"amd64","os":"linux","config":null,"history":null,"rootfs":{"type":"layers","diff_ids":null}}""");

        PSObject config = Assert.Single(_engine.Run("Get-OciImageConfig oci:images:bare"));

        Assert.Null(config.Value("Created"));
        Assert.Equal(string.Empty, config.Value("User"));
        Assert.All(
            new[] { "Env", "Entrypoint", "Cmd", "ExposedPorts", "Volumes", "History", "DiffIds" },
            property => Assert.Empty(config.List(property)));
        Assert.Equal(0, Assert.Single(_engine.Run("(Get-OciImageConfig oci:images:bare).Labels.Count")).BaseObject);
    }

    [Fact]
    public void Index_PlatformWithWildcards_OneConfigPerImage()
    {
        _images.Tag("multi", _images.FourPlatforms());

        IReadOnlyList<PSObject> configs = _engine.Run("Get-OciImageConfig oci:images:multi -Platform linux/*");

        Assert.Equal(["linux/amd64", "linux/arm64/v8", "linux/arm/v7"], configs.Texts("Platform"));
        Assert.Equal(
            ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"],
            _engine.Run("Get-OciImageConfig oci:images:multi -Platform linux/* | ForEach-Object { $_.Labels['for'] }")
                .Select(label => label.ToString()));
        Assert.All(configs, config => Assert.Contains(":multi@sha256:", config.Text("Reference"), StringComparison.Ordinal));
    }

    [Fact]
    public void Index_WithoutPlatform_IsThatOfThisMachine()
    {
        string here = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? "linux/arm64/v8"
            : "linux/amd64";
        _images.Tag("multi", _images.FourPlatforms());

        Assert.Equal([here], _engine.Run("Get-OciImageConfig oci:images:multi").Texts("Platform"));
    }

    [Fact]
    public void Index_OnlyOneImage_IsTaken()
    {
        _images.Tag("one", _images.Index(_images.Image("plan9/mips", [_images.Layer(("a", "b"))])));

        Assert.Equal(["plan9/mips"], _engine.Run("Get-OciImageConfig oci:images:one").Texts("Platform"));
    }

    [Fact]
    public void Reference_SomeAreNoImages_OthersComeOut()
    {
        Add("app", Full);
        _images.Tag("artifact", _images.Artifact());
        _images.Tag("foreign", _images.Index(
            _images.Image("plan9/mips", [_images.Layer(("a", "b"))]), _images.Image("plan9/arm", [_images.Layer(("a", "b"))])));
        _images.Tag("odd", _images.Put("""{"mediaType":"application/vnd.example+json"}"""u8.ToArray(), "application/vnd.example+json"));
        Add("broken", """{"config":{"Env":"not a list"}}""");

        Result result = _engine.Invoke("Get-OciTag oci:images | Get-OciImageConfig; 'oci:images:none' | Get-OciImageConfig");

        Assert.Equal(["app"], result.Output.Texts("Tag"));
        Assert.Equal(5, result.Errors.Count);
        string place = $"oci:{_engine.GetPath("images")}";
        result.Errors[0].ShouldBe("UnsupportedMediaType", ErrorCategory.NotImplemented, $"{place}:artifact");
        result.Errors[1].ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, $"{place}:foreign");
        Assert.Contains("plan9/mips, plan9/arm", result.Errors[1].ToString(), StringComparison.Ordinal);
        result.Errors[2].ShouldBe("UnsupportedMediaType", ErrorCategory.NotImplemented, $"{place}:odd");
        Assert.Contains("'application/vnd.example+json'", result.Errors[2].ToString(), StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, result.Errors[3].CategoryInfo.Category);
        result.Errors[4].ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:images:none");
    }

    [Fact]
    public void Config_BlobIsLost_ErrorNamesIt()
    {
        JsonObject image = Add("app", Full);
        string config = (string)_images.Json(LayoutImages.Digest(image))["config"]!["digest"]!;
        File.Delete(_images.BlobPath(config));

        Result result = _engine.Invoke("Get-OciImageConfig oci:images:app");

        result.Error.ShouldBe("BlobNotFound", ErrorCategory.ObjectNotFound, "oci:images:app");
        Assert.Contains(config, result.Error.ToString(), StringComparison.Ordinal);
    }
}
