// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;
using TarBuilder = OciPS.Tests.Support.TarBuilder;

namespace OciPS.Tests;

public sealed class ExportOciImageLayerTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();
    private readonly string _digest;

    public ExportOciImageLayerTests() => _digest = Images.Add("app", _image);

    private Layout Images => _engine.Layout("images");

    private string Out => Directory.CreateDirectory(_engine.GetPath("out")).FullName;

    public void Dispose() => _engine.Dispose();

    private string[] Expected(bool withConfig = true) =>
        [.. withConfig ? [_image.ConfigDigest] : Array.Empty<string>(), .. _image.Layers.Select(layer => layer.Digest)];

    // The members' digests, each checked to be what its name says.
    private static string[] Read(Stream tar)
    {
        using var reader = new TarReader(tar);
        var digests = new List<string>();
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream!.CopyTo(content);
            digests.Add(TestLayer.GetDigest(content.ToArray()));
            Assert.Equal(digests[^1] + ".tar", entry.Name);
        }

        return [.. digests];
    }

    private static string[] Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    private string AddOther()
    {
        var other = new TestImage(TestLayer.Plain(new TarBuilder().File("big", Noise())));
        return Images.Add("other", other);
    }

    private static byte[] Noise()
    {
        byte[] noise = new byte[1_000_000];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private void AddDamaged()
    {
        TestLayer layer = TestLayer.Gzip(new TarBuilder().File("big", Noise()));
        Images.Add("cut", new TestImage(layer));
        File.WriteAllBytes(Images.BlobPath(layer.Digest), [.. layer.Blob[..^1], (byte)(layer.Blob[^1] ^ 1)]);
    }

    [Theory]
    [InlineData("Export-OciImageLayer oci:images:app -DestinationPath layers.tar")]
    [InlineData("Export-OciImageLayer oci:images:app layers.tar")]
    [InlineData("'oci:images:app' | Export-OciImageLayer -DestinationPath ./layers.tar")]
    [InlineData("[pscustomobject]@{ ImageName = 'oci:images:app' } | Export-OciImageLayer -DestinationPath layers.tar")]
    [InlineData("Get-OciManifest oci:images:app | Export-OciImageLayer -DestinationPath layers.tar")]
    public void Export_ToFile_HasConfigAndLayersAndEmitsTheFile(string script)
    {
        PSObject file = Assert.Single(_engine.Run(script));

        Assert.Equal(_engine.GetPath("layers.tar"), Assert.IsType<FileInfo>(file.BaseObject).FullName);
        Assert.NotNull(file.Properties["PSPath"]);
        Assert.Equal(Expected(), Read(_engine.GetPath("layers.tar")));
    }

    [Fact]
    public void Export_WithoutConfig_HasLayersOnly()
    {
        _engine.Run("Export-OciImageLayer oci:images:app layers.tar -ExcludeConfig");

        Assert.Equal(Expected(withConfig: false), Read(_engine.GetPath("layers.tar")));
    }

    [Fact]
    public void Export_ToFolder_NamesFilesAfterTheManifests()
    {
        string other = AddOther();

        IReadOnlyList<PSObject> files = _engine.Run(
            "'oci:images:app', 'oci:images:other' | Export-OciImageLayer -DestinationPath $args[0]", Out);

        Assert.Equal(
            [$"sha256-{_digest[7..]}.tar", $"sha256-{other[7..]}.tar"], files.Select(file => ((FileInfo)file.BaseObject).Name));
        Assert.Equal(2, Directory.GetFileSystemEntries(Out).Length);
        Assert.Equal(Expected(), Read(Path.Combine(Out, $"sha256-{_digest[7..]}.tar")));
    }

    [Fact]
    public void Export_TwoImagesToOneFile_IsConflictForTheSecond()
    {
        AddOther();

        Result result = _engine.Invoke("'oci:images:app', 'oci:images:other' | Export-OciImageLayer -DestinationPath layers.tar");

        result.Error.ShouldBe("ConflictingDestinations", ErrorCategory.InvalidArgument, "oci:images:other");
        Assert.Single(result.Output);
        Assert.Equal(Expected(), Read(_engine.GetPath("layers.tar")));
    }

    [Fact]
    public void Export_TwoImagesAsByteStream_IsConflictForTheSecond()
    {
        AddOther();

        Result result = _engine.Invoke("'oci:images:app', 'oci:images:other' | Export-OciImageLayer -AsByteStream");

        result.Error.ShouldBe("ConflictingDestinations", ErrorCategory.InvalidArgument, "oci:images:other");
        Assert.Equal(Expected(), Read(Concatenate(result.Output)));
    }

    [Fact]
    public void Export_OneImageUnderTwoTags_IsWrittenOnceAndEmittedTwice()
    {
        Images.Add("same", _image);

        IReadOnlyList<PSObject> files = _engine.Run(
            "'oci:images:app', 'oci:images:same' | Export-OciImageLayer -DestinationPath $args[0]", Out);

        Assert.Equal(2, files.Count);
        Assert.Single(Directory.GetFileSystemEntries(Out));
    }

    [Fact]
    public void Export_ExistingFile_IsReplaced()
    {
        File.WriteAllText(_engine.GetPath("layers.tar"), "before");

        _engine.Run("Export-OciImageLayer oci:images:app layers.tar");

        Assert.Equal(Expected(), Read(_engine.GetPath("layers.tar")));
    }

    [Fact]
    public void Export_DamagedLayer_IsErrorAndTheFileStaysAsItWas()
    {
        AddDamaged();
        File.WriteAllText(Path.Combine(Out, "layers.tar"), "before");

        Result result = _engine.Invoke("Export-OciImageLayer oci:images:cut out/layers.tar");

        result.Error.ShouldBe("DigestMismatch", ErrorCategory.InvalidData, "oci:images:cut");
        Assert.Empty(result.Output);
        Assert.Equal("before", File.ReadAllText(Path.Combine(Out, "layers.tar")));
        Assert.Single(Directory.GetFileSystemEntries(Out));
    }

    [Fact]
    public void Export_DamagedLayerAsByteStream_IsErrorAndTheTarHasNoEnd()
    {
        AddDamaged();

        Result result = _engine.Invoke("Export-OciImageLayer oci:images:cut -AsByteStream");

        result.Error.ShouldBe("DigestMismatch", ErrorCategory.InvalidData, "oci:images:cut");
        Assert.ThrowsAny<IOException>(() => Read(Concatenate(result.Output)));
    }

    [Fact]
    public void Export_BadItemInThePipeline_GoesOnWithTheOthers()
    {
        Result result = _engine.Invoke("'BAD!!', 'oci:images:none', 'oci:images:app' | Export-OciImageLayer -DestinationPath layers.tar");

        Assert.Equal(["InvalidReference", "ManifestNotFound"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(Expected(), Read(_engine.GetPath("layers.tar")));
    }

    [Fact]
    public void Export_FolderMissing_IsError()
    {
        _engine.Invoke("Export-OciImageLayer oci:images:app none/layers.tar").Error.ShouldBe(
            "StorageWriteError", ErrorCategory.WriteError, "oci:images:app");

        Assert.False(Path.Exists(_engine.GetPath("none")));
    }

    [PeerTheory("mkfifo")]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_ToAPipe_IsErrorAndThePipeStays(bool throughLink)
    {
        Tool.Run("mkfifo", _engine.GetPath("pipe"));
        File.CreateSymbolicLink(_engine.GetPath("link"), "pipe");

        _engine.Invoke($"Export-OciImageLayer oci:images:app {(throughLink ? "link" : "pipe")}").Error.ShouldBe("InvalidDestination");

        Assert.Equal("p", Tool.RunText("stat", "-c", "%A", _engine.GetPath("pipe"))[..1]);
    }

    [Theory]
    [InlineData("layers.tar")]
    [InlineData("out")]
    public void WhatIf_ToFile_WritesNothingAndNamesTheFile(string destination)
    {
        string target = destination == "out" ? Path.Combine(Out, $"sha256-{_digest[7..]}.tar") : _engine.GetPath(destination);

        Assert.Empty(_engine.Run($"Export-OciImageLayer oci:images:app {destination} -WhatIf"));

        Assert.Contains(target, _engine.Host.Lines[0], StringComparison.Ordinal);
        Assert.False(Path.Exists(target));
    }

    [Fact]
    public void WhatIf_AsByteStream_EmitsNothing()
    {
        Assert.Empty(_engine.Run("Export-OciImageLayer oci:images:app -AsByteStream -WhatIf"));

        Assert.Contains("images:app", _engine.Host.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void AsByteStream_Gathered_IsTheFile()
    {
        AddOther();
        _engine.Run("Export-OciImageLayer oci:images:other layers.tar");

        IReadOnlyList<PSObject> arrays = _engine.Run("Export-OciImageLayer oci:images:other -AsByteStream");

        Assert.True(arrays.Count > 10);
        Assert.All(arrays, array => Assert.InRange(Assert.IsType<byte[]>(array.BaseObject).Length, 1, 64 * 1024));
        Assert.Equal(File.ReadAllBytes(_engine.GetPath("layers.tar")), Concatenate(arrays).ToArray());
    }

    [Fact]
    public void AsByteStream_PipelineEndsAtTheFirst_RestIsNotRead()
    {
        AddDamaged();

        PSObject first = Assert.Single(_engine.Run("Export-OciImageLayer oci:images:cut -AsByteStream | Select-Object -First 1"));

        Assert.Equal(64 * 1024, Assert.IsType<byte[]>(first.BaseObject).Length);
    }

    [Fact]
    public void AsByteStream_CommandDownstreamFails_ItsErrorComesOut()
    {
        AddOther();

        Result result = _engine.Invoke(
            "Export-OciImageLayer oci:images:other -AsByteStream | ForEach-Object { throw [IO.IOException]::new('mine') }");

        Assert.Equal("mine", result.Terminating?.Exception.Message);
    }

    [PeerTheory("tar")]
    [InlineData("", 4)]
    [InlineData("-ExcludeConfig", 3)]
    public void AsByteStream_ToTar_IsRead(string options, int count)
    {
        IReadOnlyList<PSObject> names = _engine.Run($"Export-OciImageLayer oci:images:app -AsByteStream {options} | tar -tf -");

        Assert.Equal(Expected().TakeLast(count).Select(digest => digest + ".tar"), names.Select(name => name.ToString()));
    }

    // PowerShell loses what such a command says, its exit code too; the error is what tells.
    [PeerTheory("head", "wc")]
    [InlineData("head -c 100")]
    [InlineData("head -c 100 | wc -c")]
    public async Task AsByteStream_ReaderLeaves_IsErrorAndNoHang(string reader)
    {
        AddOther();
        Task<Result> running = Task.Run(() => _engine.Invoke($"Export-OciImageLayer oci:images:other -AsByteStream | {reader}"));

        Result result = await running.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Single(result.AllErrors).ShouldBe("ReaderLeft", ErrorCategory.WriteError, "oci:images:other");
    }

    [Theory]
    [InlineData("Export-OciImageLayer oci:images:app layers.tar -AsByteStream")]
    [InlineData("[IO.FileInfo]'images' | Export-OciImageLayer -DestinationPath layers.tar")]
    public void Parameters_ThatDoNotGoTogether_AreAnError(string script)
    {
        Assert.Single(_engine.Invoke(script).AllErrors);
        Assert.False(Path.Exists(_engine.GetPath("layers.tar")));
    }

    private static MemoryStream Concatenate(IEnumerable<PSObject> arrays) =>
        new(arrays.SelectMany(array => (byte[])array.BaseObject).ToArray());
}
