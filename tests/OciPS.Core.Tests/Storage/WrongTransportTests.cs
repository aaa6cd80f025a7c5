// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.References;

namespace OciPS.Core.Tests.Storage;

/// <summary>Images that are named by the transport of another kind of place: the error names the right one.</summary>
public sealed class WrongTransportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public WrongTransportTests()
    {
        _images = new LayoutImages(_folder["oci"]);
        _images.Tag("1", _images.Image("linux/amd64", [_images.Layer(("a", "A"))]));
        JsonObject manifest = _images.Json(LayoutImages.GetTagDigest(_images.Folder, "1"));
        Directory.CreateDirectory(_folder["dir"]);
        File.WriteAllText(_folder["dir/version"], "Directory Transport Version: 1.1\n");
        File.WriteAllText(_folder["dir/manifest.json"], manifest.ToJsonString());
        Directory.CreateDirectory(_folder["unpacked"]);
        byte[] list = Encoding.UTF8.GetBytes("""[{"Config":"c.json","RepoTags":["app:1"],"Layers":[]}]""");
        File.WriteAllBytes(_folder["unpacked/manifest.json"], list);
        TarFile.CreateFromDirectory(_folder["oci"], _folder["oci-archive"], includeBaseDirectory: false);
        byte[] tarball =
            new TarBuilder().Add("c.json", """{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}"""u8.ToArray())
                .Add("manifest.json", list)
                .ToBytes();
        File.WriteAllBytes(_folder["docker-archive"], tarball);
        File.WriteAllBytes(_folder["compressed"], Registry.RegistryImage.Gzip(tarball));
        File.WriteAllText(_folder["text"], "no image");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("oci", "dir", "dir:")]
    [InlineData("oci", "oci-archive", "oci-archive:")]
    [InlineData("oci", "docker-archive", "docker-archive:")]
    [InlineData("oci", "compressed", "docker-archive:")]
    [InlineData("oci", "unpacked", "docker-archive:")]
    [InlineData("dir", "oci", "oci:")]
    [InlineData("dir", "oci-archive", "oci-archive:")]
    [InlineData("dir", "docker-archive", "docker-archive:")]
    [InlineData("dir", "unpacked", "docker-archive:")]
    [InlineData("oci-archive", "oci", "oci:")]
    [InlineData("oci-archive", "dir", "dir:")]
    [InlineData("oci-archive", "docker-archive", "docker-archive:")]
    [InlineData("oci-archive", "compressed", "docker-archive:")]
    [InlineData("docker-archive", "oci", "oci:")]
    [InlineData("docker-archive", "dir", "dir:")]
    [InlineData("docker-archive", "oci-archive", "oci-archive:")]
    public async Task Read_ByAnotherTransport_NamesTheRightOne(string transport, string place, string right)
    {
        OciException error = await Assert.ThrowsAnyAsync<OciException>(() => TestImages.ResolveAsync($"{transport}:{_folder[place]}"));

        Assert.Contains($"'{right}' reads", error.Message.Replace("which ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci", "dir", "dir:")]
    [InlineData("dir", "oci", "oci:")]
    [InlineData("oci-archive", "oci", "oci:")]
    [InlineData("oci-archive", "docker-archive", "docker-archive:")]
    [InlineData("docker-archive", "dir", "dir:")]
    [InlineData("docker-archive", "oci-archive", "oci-archive:")]
    public async Task Write_ByAnotherTransport_NamesTheRightOneAndLeavesWhatIsThere(string transport, string place, string right)
    {
        string[] before = Snapshot();

        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{transport}:{_folder[place]}"));

        Assert.Equal("InvalidDestination", error.ErrorId);
        Assert.Contains($"'{right}' reads", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("oci", "text")]
    [InlineData("dir", "text")]
    [InlineData("oci", "docker-archive")]
    [InlineData("dir", "oci-archive")]
    public async Task Write_AFolderWhereAFileIs_IsRefused(string transport, string place)
    {
        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{transport}:{_folder[place]}"));

        Assert.Equal("StorageWriteError", error.ErrorId);
        Assert.Contains("is a file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci", "'oci:'")]
    [InlineData("dir", "'dir:'")]
    [InlineData("oci-archive", "'oci-archive:' and 'docker-archive:'")]
    public void Parse_PathWithoutTransport_NamesOneThatFits(string place, string right)
    {
        var error = Assert.Throws<InvalidInputException>(() => ImageReference.Parse(_folder[place]));

        Assert.Equal("InvalidReference", error.ErrorId);
        Assert.Contains(right, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci", "text")]
    [InlineData("dir", "text")]
    [InlineData("oci-archive", "text")]
    [InlineData("docker-archive", "text")]
    public async Task Read_WhatIsNoImageAtAll_NamesNoTransportThatReadsIt(string transport, string place)
    {
        OciException error = await Assert.ThrowsAnyAsync<OciException>(() => TestImages.ResolveAsync($"{transport}:{_folder[place]}"));

        Assert.DoesNotContain("archive:' reads", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_IntoAFreshPlace_SaysThatItIsNew()
    {
        string[] destinations =
            [$"oci:{_folder["new"]}:1", $"dir:{_folder["newdir"]}", $"oci-archive:{_folder["new.tar"]}:1", $"oci:{_images.Folder}:other"];
        foreach (string destination in destinations)
        {
            var log = new RecordingLog();

            await TestImages.CopyAsync($"oci:{_images.Folder}:1", destination, log: log);

            Assert.Single(log.Messages, message => message.StartsWith($"'{destination}' is new", StringComparison.Ordinal));
            Assert.DoesNotContain(log.Messages, message => message.Contains("pointed to", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData('2', "../gone.tar", "a link 'A/layer.tar' to '../gone.tar'")]
    [InlineData('2', "../A/layer.tar", "a link 'A/layer.tar' to '../A/layer.tar'")]
    [InlineData('1', "gone.tar", "a link 'A/layer.tar' to 'gone.tar'")]
    [InlineData('5', "", "'A/layer.tar' as a Directory")]
    public async Task Read_TarballWhoseLayerIsNoFile_SaysWhatItIs(char type, string target, string words)
    {
        File.WriteAllBytes(_folder["odd.tar"], new TarBuilder()
            .Add("c.json", """{"os":"linux"}"""u8.ToArray())
            .Add("A/layer.tar", type: type, link: target)
            .Add("manifest.json", """[{"Config":"c.json","RepoTags":["app:1"],"Layers":["A/layer.tar"]}]"""u8.ToArray()).ToBytes());

        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => TestImages.ResolveAsync($"docker-archive:{_folder["odd.tar"]}"));

        Assert.Equal("InvalidArchive", error.ErrorId);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private string[] Snapshot() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Sample.Hash(File.ReadAllBytes(file))}").ToArray();
}
