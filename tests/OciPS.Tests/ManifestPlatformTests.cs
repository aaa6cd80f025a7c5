// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Get-OciManifest's and Get-OciImageFile's -Platform and -Mode.</summary>
public sealed class ManifestPlatformTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string _index;
    private readonly string _single;
    private RegistryServer _registry = null!;

    public ManifestPlatformTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
        _single = _images.Tag("single", _images.Image("linux/arm64/v8", [_images.Layer(("a", "b"))]));
        _images.Tag("docker", _images.Image("linux/amd64", [_images.GetLayer(LayoutImages.DockerLayerType, ("a", "b"))], docker: true));
    }

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _registry.Load("team/app", _images);
        _registry.Options.AnswersOnlyWhatIsAccepted = true;
        _engine.Set("repo", _registry.Host + "/team/app");
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    private string Entry(int index) => (string)_images.Json(_index)["manifests"]![index]!["digest"]!;

    [Fact]
    public void Index_WithoutPlatform_HasItsProperties()
    {
        PSObject index = Assert.Single(_engine.Run("Get-OciManifest oci:images:multi"));

        Assert.Equal("OciPS.OciIndex", index.BaseObject.GetType().FullName);
        Assert.Equal(_index, index.Text("Digest"));
        Assert.Equal($"oci:{_engine.GetPath("images")}:multi", index.Value("Reference"));
        Assert.Equal("multi", index.Value("Tag"));
        Assert.Equal(LayoutImages.IndexType, index.Value("MediaType"));
        Assert.Equal(2, index.Value("SchemaVersion"));
        Assert.Equal((long)_images.Blob(_index).Length, index.Value("Size"));
        Assert.Equal(_images.Blob(_index), System.Text.Encoding.UTF8.GetBytes(index.Text("RawJson")));
        Assert.Null(index.Value("Subject"));
        Assert.Null(index.Value("ArtifactType"));
        PSObject[] entries = index.List("Manifests");
        Assert.Equal(Enumerable.Range(0, 6).Select(Entry), entries.Texts("Digest"));
        Assert.Equal(
            ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64:10.0.20348.1", "unknown/unknown", "unknown/unknown"],
            entries.Texts("Platform"));
        Assert.All(entries, entry => Assert.Equal(LayoutImages.ManifestType, entry.Value("MediaType")));
        Assert.Equal(Entry(0), Assert.Single(
            _engine.Run("(Get-OciManifest oci:images:multi).Manifests[4].Annotations['vnd.docker.reference.digest']")).BaseObject);
    }

    [Theory]
    [InlineData("linux/amd64", "0")]
    [InlineData("linux/arm64/v8", "1")]
    [InlineData("linux/arm64", "1")]
    [InlineData("windows/amd64:10.0.*", "3")]
    [InlineData("linux/*", "0 1 2")]
    [InlineData("linux/arm/v7, linux/amd64", "2 0")]
    [InlineData("linux/amd64, linux/*", "0 1 2")]
    public void Manifest_Platform_PicksOutOfTheIndex(string patterns, string expected)
    {
        foreach (string place in new[] { "oci:images", "${repo}" })
        {
            IReadOnlyList<PSObject> manifests = _engine.Run($"Get-OciManifest \"{place}:multi\" -Platform {patterns}");

            Assert.Equal(
                expected.Split(' ').Select(index => Entry(int.Parse(index, System.Globalization.CultureInfo.InvariantCulture))),
                manifests.Texts("Digest"));
            Assert.All(
                manifests,
                manifest => Assert.EndsWith($":multi@{manifest.Text("Digest")}", manifest.Text("Reference"), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ImageFile_PlatformWithWildcards_ReadsOneAfterTheOther()
    {
        Assert.Equal(
            ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"],
            _engine.Run("Get-OciImageFile oci:images:multi -Platform linux/* -LiteralPath bin/app | ForEach-Object { $_.ReadAllText() }")
                .Select(text => text.ToString()));
    }

    [Fact]
    public void ImageFile_OfAnIndex_NamesTheIndexSoThatAllImagesCanBeCleaned()
    {
        PSObject file = Assert.Single(_engine.Run("Get-OciImageFile oci:images:multi -Platform linux/arm64 -LiteralPath bin/app"));

        Assert.Equal($"oci:{_engine.GetPath("images")}:multi", file.Value("Reference"));
        Assert.Equal("multi", file.Value("Tag"));
        Assert.Equal($"oci:{_engine.GetPath("images")}:multi!/bin/app", file.ToString());
    }

    [Theory]
    [InlineData("Get-OciManifest")]
    [InlineData("Get-OciImageFile")]
    [InlineData("Get-OciImageConfig")]
    public void Platform_NotThereOrNone_IsErrorAndOthersComeOut(string command)
    {
        Result missing = _engine.Invoke($"'oci:images:single', 'oci:images:multi' | {command} -Platform linux/s390x, linux/amd64");
        Result wrong = _engine.Invoke($"{command} oci:images:multi -Platform linux/amd64, linux");

        Assert.NotEmpty(missing.Output);
        Assert.Equal(2, missing.Errors.Count);
        missing.Errors[0].ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:single");
        Assert.Contains("It has: linux/arm64/v8.", missing.Errors[0].ToString(), StringComparison.Ordinal);
        missing.Errors[1].ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:multi");
        wrong.Error.ShouldBe("InvalidPlatform", ErrorCategory.InvalidArgument, "oci:images:multi");
        Assert.Empty(wrong.Output);
    }

    [Fact]
    public void Mode_NormaliseToMultiArch_SingleImageComesOutAsIndex()
    {
        PSObject index = Assert.Single(_engine.Run("Get-OciManifest ${repo}:single -Mode NormaliseToMultiArch"));

        Assert.Equal("OciPS.OciIndex", index.BaseObject.GetType().FullName);
        Assert.Equal(LayoutImages.IndexType, index.Value("MediaType"));
        PSObject entry = Assert.Single(index.List("Manifests"));
        Assert.Equal(_single, entry.Text("Digest"));
        Assert.Equal("linux/arm64/v8", entry.Text("Platform"));
        Assert.Equal(index.Text("Digest"), LayoutImages.GetDigest(System.Text.Encoding.UTF8.GetBytes(index.Text("RawJson"))));
        Assert.Equal(
            LayoutImages.DockerListType,
            Assert.Single(_engine.Run("Get-OciManifest ${repo}:docker -Mode NormaliseToMultiArch")).Value("MediaType"));
        Assert.Equal(_index, Assert.Single(_engine.Run("Get-OciManifest ${repo}:multi -Mode NormaliseToMultiArch")).Text("Digest"));
    }

    [Fact]
    public void Mode_RegistryDefaults_AsksForSingleImagesOnly()
    {
        Assert.Equal(_single, Assert.Single(_engine.Run("Get-OciManifest ${repo}:single -Mode RegistryDefaults")).Text("Digest"));

        RegistryRequest request = _registry.Requests.Last(request => request.Path.EndsWith("/manifests/single", StringComparison.Ordinal));
        Assert.Equal($"{LayoutImages.ManifestType}, {LayoutImages.DockerManifestType}", request.Accept);
    }

    [Fact]
    public void Mode_RegistryDefaultsWhereOnlyAnIndexIs_ErrorSaysSoAndNamesMode()
    {
        Result result = _engine.Invoke("Get-OciManifest ${repo}:multi -Mode RegistryDefaults");

        result.Error.ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, $"{_registry.Host}/team/app:multi");
        Assert.Contains("-Mode", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains(LayoutImages.IndexType, result.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mode_RegistryDefaultsAnsweredWithAnIndexAllTheSame_IsTaken()
    {
        _registry.Options.AnswersOnlyWhatIsAccepted = false;

        Assert.Equal(_index, Assert.Single(_engine.Run("Get-OciManifest ${repo}:multi -Mode RegistryDefaults")).Text("Digest"));
    }

    [Theory]
    [InlineData("Get-OciManifest oci:images:single -Mode Other")]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -Mode Other")]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -Format Other")]
    [InlineData("Copy-OciImage oci:images:single oci:out:x -Annotation 'a=b'")]
    public void Parameter_WrongType_IsBindingError(string script)
    {
        ErrorRecord error = Assert.Single(_engine.Invoke(script).AllErrors);

        Assert.StartsWith("CannotConvertArgumentNoMessage,OciPS.Commands.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
