// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Directories;

namespace OciPS.Core.Tests.Peers;

/// <summary>What skopeo writes is read here, and what is written here is read by skopeo.</summary>
public sealed class StorePeerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string[]> SkopeoWrites() => new()
    {
        { "dir", [] },
        { "dir", ["--all"] },
        { "dir", ["--format", "v2s2"] },
        { "dir", ["--all", "--format", "v2s2"] },
        { "dir", ["--dest-compress", "--dest-compress-format", "zstd"] },
        { "dir", ["--dest-decompress"] },
        { "oci-archive", [] },
        { "oci-archive", ["--all"] },
        { "oci-archive", ["--dest-compress", "--dest-compress-format", "zstd"] },
        { "docker-archive", [] },
    };

    public void Dispose() => _folder.Dispose();

    [PeerTheory("skopeo", "gzip")]
    [MemberData(nameof(SkopeoWrites))]
    public async Task Read_WhatSkopeoWrote_HasItsDigests(string transport, string[] options)
    {
        string image = $"{transport}:{_folder["there und größer"]}";
        PeerImages.Skopeo([.. options, PeerImages.Multi(_folder), image]);

        string digest = await StoreCopy.ReadAllAsync(image);

        // A docker-archive has no manifest, each reader makes one of its own.
        Assert.Equal(transport == "docker-archive" ? digest : PeerImages.Digest(image), digest);
        await StoreCopy.RunAsync(image, $"dir:{_folder["again"]}");
        Assert.Equal(PeerImages.Identity(image), PeerImages.Identity($"dir:{_folder["again"]}"));
    }

    [PeerTheory("skopeo", "gzip")]
    [InlineData("single")]
    [InlineData("multi")]
    public async Task Write_Directory_HasTheFilesThatSkopeoWrites(string image)
    {
        string source = image == "single" ? PeerImages.Single(_folder) : PeerImages.Multi(_folder);
        PeerImages.Skopeo("--all", source, $"dir:{_folder["theirs"]}");

        await StoreCopy.RunAsync(source, $"dir:{_folder["ours: a/b"]}");

        Assert.Equal(PeerImages.Files(_folder["theirs"]), PeerImages.Files(_folder["ours: a/b"]));
        PeerImages.Skopeo("--all", $"dir:{_folder["ours: a/b"]}", $"dir:{_folder["back"]}");
        Assert.Equal(PeerImages.Files(_folder["theirs"]), PeerImages.Files(_folder["back"]));
        Assert.Equal(PeerImages.Digest(source), PeerImages.Digest($"dir:{_folder["ours: a/b"]}"));
    }

    [PeerTheory("skopeo", "gzip")]
    [InlineData("single", ":app/x:1")]
    [InlineData("multi", ":1")]
    [InlineData("multi", "")]
    public async Task Write_OciArchive_IsReadBySkopeo(string image, string tag)
    {
        string source = image == "single" ? PeerImages.Single(_folder) : PeerImages.Multi(_folder);
        string archive = $"oci-archive:{_folder["image größer.tar"]}{tag}";

        await StoreCopy.RunAsync(source, archive);

        Assert.Equal(PeerImages.Digest(source), PeerImages.Digest(archive));
        PeerImages.Skopeo("--all", archive, $"dir:{_folder["back"]}");
        PeerImages.Skopeo("--all", source, $"dir:{_folder["theirs"]}");
        Assert.Equal(PeerImages.Files(_folder["theirs"]), PeerImages.Files(_folder["back"]));
    }

    [PeerTheory("skopeo", "gzip", "tar")]
    [InlineData("", "")]
    [InlineData(":app", "app")]
    [InlineData(":example.com/team/app:v1", "example.com/team/app:v1")]
    public async Task Write_DockerArchive_HasTheMembersThatSkopeoWrites(string tag, string name)
    {
        string source = PeerImages.Single(_folder);
        PeerImages.Skopeo(source, $"docker-archive:{_folder["theirs.tar"]}{(name.Length == 0 ? "" : ":" + name)}");

        await StoreCopy.RunAsync(source, $"docker-archive:{_folder["ours.tar"]}{tag}");

        Assert.Equal(Members("theirs.tar"), Members("ours.tar"));
        Assert.Equal(PeerImages.Identity(source), PeerImages.Identity($"docker-archive:{_folder["ours.tar"]}"));
        PeerImages.Skopeo($"docker-archive:{_folder["ours.tar"]}", $"oci:{_folder["back"]}:1");
    }

    [PeerFact("skopeo", "gzip", "zstd")]
    public async Task Write_DockerArchiveOfEachCompression_HoldsTheDecompressedLayers()
    {
        foreach (string compression in new[] { "none", "gzip", "members", "zstd" })
        {
            var layout = new LayoutBuilder(Directory.CreateDirectory(_folder[compression]).FullName);
            byte[] tar = new TarBuilder().Add("file", Sample.Text(100_000)).ToBytes();
            layout.Add(tar, SampleImage.Compress(tar, compression), SampleImage.MediaType(compression)).Write("1");

            await StoreCopy.RunAsync($"oci:{_folder[compression]}:1", $"docker-archive:{_folder[compression + ".tar"]}:app:{compression}");

            Assert.Equal(
                tar, Tool.Run("tar", "--extract", "--to-stdout", "--file", _folder[compression + ".tar"], Sample.Hash(tar) + ".tar"));
            PeerImages.Skopeo($"docker-archive:{_folder[compression + ".tar"]}:app:{compression}", $"dir:{_folder[compression + "-back"]}");
        }
    }

    [PeerFact("skopeo", "gzip")]
    public async Task Write_DockerArchiveWithSeveralTags_HasThemAsSkopeo()
    {
        string source = PeerImages.Single(_folder);
        PeerImages.Skopeo(
            "--additional-tag", "app:2", "--additional-tag", "example.com/a/b:1", source, $"docker-archive:{_folder["theirs.tar"]}:app:1");

        using (IImageStore destination = StoreFactory.OpenDestination(
            ImageReference.Parse($"docker-archive:{_folder["ours.tar"]}:app:1"), TestSession.Begin()))
        {
            foreach (string tag in new[] { "app:1", "app:2", "example.com/a/b:1" })
            {
                await StoreCopy.RunAsync(source, destination, tag);
            }
        }

        Assert.Equal(Members("theirs.tar"), Members("ours.tar"));
        Assert.Equal(
            ["docker.io/library/app:1", "docker.io/library/app:2", "example.com/a/b:1"],
            await StoreCopy.TagsAsync($"docker-archive:{_folder["ours.tar"]}"));
    }

    /// <summary>Every pair of stores, one after the other, with an image and with an index.</summary>
    public static TheoryData<string, string, string> Pairs()
    {
        var data = new TheoryData<string, string, string>();
        string[] stores = ["oci", "dir", "oci-archive", "docker-archive"];
        foreach (string first in stores)
        {
            foreach (string second in stores)
            {
                data.Add("single", first, second);
                if (first != "docker-archive" && second != "docker-archive")
                {
                    data.Add("multi", first, second);
                }
            }
        }

        return data;
    }

    [PeerTheory("skopeo", "gzip")]
    [MemberData(nameof(Pairs))]
    public async Task RoundTrip_AnyPairOfStores_KeepsDigests(string image, string first, string second)
    {
        string source = image == "single" ? PeerImages.Single(_folder) : PeerImages.Multi(_folder);
        string one = Place(first, "one");
        string two = Place(second, "two");

        await StoreCopy.RunAsync(source, one);
        string digest = await StoreCopy.ReadAllAsync(one);
        await StoreCopy.RunAsync(one, two);

        Assert.Equal(PeerImages.Identity(source), PeerImages.Identity(two));
        if (second != "docker-archive")
        {
            Assert.Equal(PeerImages.Digest(two), await StoreCopy.ReadAllAsync(two));
        }

        if (first != "docker-archive")
        {
            Assert.Equal(PeerImages.Digest(source), digest);
            Assert.True(second == "docker-archive" || digest == PeerImages.Digest(two));
        }
    }

    [PeerFact("docker-registry", "skopeo")]
    public async Task Read_SignedSchema1InADirectory_HasTheDigestThatTheRegistrySays()
    {
        using var peer = new Schema1Peer();
        Schema1Peer.Answer answer = peer.Ask("1");
        _folder.Write("image/manifest.json", answer.Bytes);
        _folder.Write($"list/{answer.Digest["sha256:".Length..]}.manifest.json", answer.Bytes);

        foreach (string reference in new[] { $"dir:{_folder["image"]}", $"dir:{_folder["image"]}@"
            + $"{answer.Digest}", $"dir:{_folder["list"]}@{answer.Digest}" })
        {
            ImageReference parsed = ImageReference.Parse(reference);
            using var store = new DirectoryStore(parsed);
            ManifestContent manifest = await store.ResolveAsync(parsed, [], CancellationToken.None);

            Assert.Equal((answer.Digest, MediaTypes.DockerSchema1Signed), (manifest.Digest.ToString(), manifest.MediaType));
            Assert.Equal(answer.Bytes, manifest.Bytes.ToArray());
        }
    }

    private string Place(string transport, string name) =>
        transport == "dir" ? $"dir:{_folder[name]}" : $"{transport}:{_folder[name]}:app:1";

    private string[] Members(string archive)
    {
        const string Script =
            """
            import hashlib, sys, tarfile
            with tarfile.open(sys.argv[1], 'r:') as tar:
                for e in tar:
                    content = hashlib.sha256(tar.extractfile(e).read()).hexdigest() if e.isreg() else '-'
                    print(e.name, e.type, oct(e.mode), e.uid, e.gid, e.uname, e.gname, e.size, e.mtime, e.linkname, content)
            """;
        return Tool.RunText("python3", "-c", Script, _folder[archive]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
