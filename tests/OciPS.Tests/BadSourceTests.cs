// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Sources that cannot be read: each is an error of its own, the others go on, and the destination stays.</summary>
public sealed class BadSourceTests : IDisposable
{
    private const string Remove = "Remove-OciImageFile -Path *.key -Destination oci:out:app";

    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();

    public BadSourceTests()
    {
        Images.Add("app", _image);
        _engine.Layout("out").Add("app", new TestImage(TestLayer.Plain(new TarBuilder().File("before", "x"))));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Images => _engine.Layout("images");

    public static TheoryData<string, string, string, ErrorCategory> References()
    {
        var data = new TheoryData<string, string, string, ErrorCategory>();
        foreach (string command in new[] { "Get-OciManifest", "Get-OciImageFile", Remove })
        {
            data.Add(command, "UPPER CASE", "InvalidReference", ErrorCategory.InvalidArgument);
            data.Add(command, "host.example.com/app:tag:tag", "InvalidReference", ErrorCategory.InvalidArgument);
            data.Add(command, "oci:", "InvalidReference", ErrorCategory.InvalidArgument);
            data.Add(command, "docker-daemon:there", "UnsupportedTransport", ErrorCategory.InvalidArgument);
            data.Add(command, "dir:nowhere", "ManifestNotFound", ErrorCategory.ObjectNotFound);
            data.Add(command, "dir:folder", "InvalidLayout", ErrorCategory.InvalidData);
            data.Add(command, "dir:noise.tar", "InvalidLayout", ErrorCategory.InvalidData);
            data.Add(command, "oci-archive:nothing.tar", "PathNotFound", ErrorCategory.ObjectNotFound);
            data.Add(command, "oci-archive:noise.tar", "InvalidTar", ErrorCategory.InvalidData);
            data.Add(command, "oci-archive:empty.tar:1", "InvalidLayout", ErrorCategory.InvalidData);
            data.Add(command, "oci:nowhere:1", "ManifestNotFound", ErrorCategory.ObjectNotFound);
            data.Add(command, "oci:images:nothing", "ManifestNotFound", ErrorCategory.ObjectNotFound);
            data.Add(
                command,
                "oci:images@sha256:" + "0000000000000000000000000000000000000000000000000000000000000000",
                "ManifestNotFound",
                ErrorCategory.ObjectNotFound);
            data.Add(command, "docker-archive:nothing.tar", "PathNotFound", ErrorCategory.ObjectNotFound);
            data.Add(command, "docker-archive:noise.tar", "InvalidTar", ErrorCategory.InvalidData);
            data.Add(command, "docker-archive:empty.tar", "InvalidArchive", ErrorCategory.InvalidData);
            data.Add(command, "oci:folder:1", "InvalidLayout", ErrorCategory.InvalidData);
            data.Add(command, "oci:several", "AmbiguousImage", ErrorCategory.InvalidArgument);
            data.Add(command, "oci:text:1", "Invalid(?:Manifest|Layout)", ErrorCategory.InvalidData);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(References))]
    public void Reference_ThatLeadsNowhere_IsErrorAndTheOthersGoOn(string command, string reference, string id, ErrorCategory category)
    {
        File.WriteAllText(_engine.GetPath("noise.tar"), new string('x', 2000));
        File.WriteAllBytes(_engine.GetPath("empty.tar"), new TarBuilder().File("a", "b").ToBytes());
        Directory.CreateDirectory(_engine.GetPath("folder"));
        Directory.CreateDirectory(_engine.GetPath("text"));
        File.WriteAllText(_engine.GetPath("text/index.json"), "no json");
        _engine.Layout("several").Add("one", _image);
        _engine.Layout("several").Add("two", new TestImage(_image.Layers[0]));

        Result result = _engine.Invoke($"$args[0], 'oci:images:app' | {command}", reference);

        result.Error.ShouldBe(id, category, reference);
        Assert.NotEmpty(result.Output);
    }

    // What is wrong with an image's blobs, and what the error is to say.
    private void Damage(string kind)
    {
        TestLayer layer = _image.Layers[0];
        string blob = Images.BlobPath(layer.Digest);
        switch (kind)
        {
            case "flipped":
                Images.Add(
                    "bad",
                    _image,
                    _ => File.WriteAllBytes(blob, [.. layer.Blob[..^20], (byte)(layer.Blob[^20] ^ 1), .. layer.Blob[^19..]]));
                break;
            case "truncated":
                Images.Add("bad", _image, _ => File.WriteAllBytes(blob, layer.Blob[..^20]));
                break;
            case "longer":
                Images.Add("bad", _image, _ => File.WriteAllBytes(blob, [.. layer.Blob, 0]));
                break;
            case "other":
                Images.Add("bad", _image, _ => File.WriteAllBytes(blob, TarBuilder.Gzip(new TarBuilder().File("a", "b").ToBytes())));
                break;
            case "missing":
                Images.Add("bad", _image, _ => File.Delete(blob));
                break;
            case "wrong size":
                Images.Add("bad", _image, manifest => manifest["layers"]![0]!["size"] = layer.Blob.Length + 1);
                break;
            case "no tar":
                Images.Add("bad", new TestImage(TestLayer.Gzip(Encoding.ASCII.GetBytes(new string('x', 2000)))));
                break;
            case "cut tar":
                Images.Add("bad", new TestImage(TestLayer.Gzip(new TarBuilder().File("a", new byte[5000]).ToBytes()[..2000])));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    [Theory]
    [InlineData("flipped", "DigestMismatch|InvalidCompression")]
    [InlineData("truncated", "SizeMismatch|DigestMismatch|InvalidCompression")]
    [InlineData("longer", "SizeMismatch|DigestMismatch|InvalidCompression")]
    [InlineData("other", "SizeMismatch|DigestMismatch")]
    [InlineData("missing", "BlobNotFound")]
    [InlineData("wrong size", "SizeMismatch")]
    [InlineData("no tar", "InvalidTar")]
    [InlineData("cut tar", "InvalidTar")]
    public void Layer_Damaged_IsErrorThatNamesIt(string kind, string ids)
    {
        Damage(kind);
        string before = _engine.Layout("out").Index;

        Result listed = _engine.Invoke("Get-OciImageFile oci:images:bad | ForEach-Object { }");
        Result removed = _engine.Invoke("Remove-OciImageFile oci:images:bad -Path *.key -Destination oci:out:app");

        Assert.All(new[] { listed, removed }, result =>
        {
            result.Error.ShouldBe($"(?:{ids})");
            Assert.Equal(kind == "missing" ? ErrorCategory.ObjectNotFound : ErrorCategory.InvalidData, result.Error.CategoryInfo.Category);
            Assert.Equal("oci:images:bad", result.Error.TargetObject);
            Assert.Contains("sha256:", result.Error.ToString(), StringComparison.Ordinal);
        });
        Assert.Empty(removed.Output);
        Assert.Equal(before, _engine.Layout("out").Index);
    }

    [Fact]
    public void Layer_OfWrongDigest_ErrorNamesBothDigests()
    {
        TestLayer layer = TestLayer.Plain(new TarBuilder().File("a", "b"));
        byte[] other = new TarBuilder().File("a", "c").ToBytes();
        Images.Add("bad", new TestImage(layer), _ => File.WriteAllBytes(Images.BlobPath(layer.Digest), other));

        string message = _engine.Invoke("Get-OciImageFile oci:images:bad").Error.ToString();

        Assert.Contains(layer.Digest, message, StringComparison.Ordinal);
        Assert.Contains(TestLayer.GetDigest(other), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_Flipped_IsDigestMismatch()
    {
        string digest = Images.GetDigest("app");
        byte[] bytes = File.ReadAllBytes(Images.BlobPath(digest));
        bytes[^3] ^= 1;
        File.WriteAllBytes(Images.BlobPath(digest), bytes);

        foreach (string command in new[] { "Get-OciManifest", "Get-OciImageFile", Remove })
        {
            ErrorRecord error = _engine.Invoke($"'oci:images:app' | {command}").Error;
            error.ShouldBe("DigestMismatch", ErrorCategory.InvalidData, "oci:images:app");
            Assert.Contains(digest, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Config_OfNoUse_IsErrorWhereLayersChange(string config)
    {
        Images.Add("bad", new TestImage(_image.Layers[1]) { Config = Encoding.UTF8.GetBytes(config) });
        string before = _engine.Layout("out").Index;

        Result result = _engine.Invoke("Remove-OciImageFile oci:images:bad -Path *.key -Destination oci:out:app");

        result.Error.ShouldBe("InvalidConfig", ErrorCategory.InvalidData, "oci:images:bad");
        Assert.Equal(before, _engine.Layout("out").Index);
    }

    [Fact]
    public void Manifest_OfUnknownType_IsUnsupportedMediaType()
    {
        Images.AddManifest("odd", new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.example" });

        foreach (string command in new[] { "Get-OciManifest", "Get-OciImageFile", Remove })
        {
            _engine.Invoke($"'oci:images:odd' | {command}").Error.ShouldBe("UnsupportedMediaType");
        }
    }

    [Fact]
    public void ErrorVariable_Given_HasTheErrorRecord()
    {
        PSObject id = Assert.Single(
            _engine.Run(
                "Get-OciManifest oci:nowhere:1 -ErrorVariable problem -ErrorAction SilentlyContinue; $problem[0].FullyQualifiedErrorId "
                    + "-like 'ManifestNotFound,*'"));

        Assert.Equal(true, id.BaseObject);
    }

    [Fact]
    public void ErrorActionStop_Given_EndsTheScriptWithTheError()
    {
        Result result = _engine.Invoke("'oci:nowhere:1', 'oci:images:app' | Get-OciManifest -ErrorAction Stop");

        Assert.Empty(result.Output);
        result.Terminating!.ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:nowhere:1");
    }

    [Fact]
    public void ErrorActionStop_InTry_IsCaught()
    {
        Assert.Equal("ManifestNotFound,OciPS.Commands.GetOciImageFileCommand", Assert.Single(_engine.Run(
            "try { Get-OciImageFile oci:nowhere:1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }")).BaseObject);
    }
}
