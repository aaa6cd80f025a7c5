// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Layouts;

namespace OciPS.Core.Tests.Registry;

public sealed class RegistrySchema1Tests(Schema1Peer peer) : RegistryTestBase, IClassFixture<Schema1Peer>
{
    private static readonly byte[] s_unsigned =
        Json.Bytes(
            "{\"schemaVersion\":1,\"fsLayers\":[{\"blobSum\":\"" + Json.DigestA + "\"}],\"history\":[{\"v1Compatibility\":\"{}\"}]}");

    private static readonly string s_digest = "sha256:" + Sample.Hash(s_unsigned);

    /// <summary>The document above with a signature, of which only the header counts.</summary>
    private static byte[] Signed
    {
        get
        {
            string header =
                Convert.ToBase64String(Json.Bytes($$"""{"formatLength":{{s_unsigned.Length - 1}},"formatTail":"fQ"}""")).TrimEnd('=');
            return Json.Bytes(Json.Text(s_unsigned)[..^1] + ",\"signatures\":[{\"protected\":\"" + header + "\"}]}");
        }
    }

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Resolve_RealRegistry_GivesTheDigestThatItSays(string tag)
    {
        // Made anew each time that it is asked for without its digest, with another key: the digest stays.
        string digest = peer.Ask(tag).Digest;
        IReadOnlyList<string> accept = [MediaTypes.DockerSchema1Signed];

        ManifestContent manifest = await ResolveAsync(peer.Host, tag, accept);

        Assert.Equal((digest, MediaTypes.DockerSchema1Signed), (manifest.Digest.ToString(), manifest.MediaType));
    }

    [PeerFact("skopeo", "docker-registry")]
    public async Task Resolve_RealRegistryByDigest_Works()
    {
        string digest = peer.Ask("1").Digest;

        ManifestContent manifest = await ResolveAsync(peer.Host, digest, MediaTypes.AllManifests);

        Assert.Equal(digest, manifest.Digest.ToString());
        Assert.Equal(peer.Layers, ImageManifest.Parse(manifest, "The manifest").Layers.Select(layer => layer.ToString()));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData(MediaTypes.DockerSchema1)]
    [InlineData(MediaTypes.DockerSchema1Signed)]
    [InlineData(MediaTypes.DockerManifest)]
    public async Task Resolve_AnyLabel_IsSchema1(string label)
    {
        Answer(Signed, label, s_digest);

        ManifestContent byTag = await ResolveAsync(Host, "1");
        ManifestContent byDigest = await ResolveAsync(Host, s_digest);

        Assert.Equal((s_digest, MediaTypes.DockerSchema1Signed), (byTag.Digest.ToString(), byTag.MediaType));
        Assert.Equal((s_digest, MediaTypes.DockerSchema1Signed), (byDigest.Digest.ToString(), byDigest.MediaType));
        Assert.Equal(Signed, byTag.Bytes.ToArray());
    }

    [Fact]
    public async Task Resolve_Unsigned_HasTheDigestOfItsBytes()
    {
        Answer(s_unsigned, "application/json", s_digest);

        ManifestContent manifest = await ResolveAsync(Host, "1");

        Assert.Equal((s_digest, MediaTypes.DockerSchema1), (manifest.Digest.ToString(), manifest.MediaType));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha384:aaaa")]
    public async Task Resolve_NoDigestThatIsKnown_IsNoMismatch(string? header)
    {
        Answer(Signed, MediaTypes.DockerSchema1Signed, header);

        Assert.Equal(s_digest, (await ResolveAsync(Host, "1")).Digest.ToString());
    }

    [Fact]
    public async Task Resolve_Sha512_IsOverTheSignedPart()
    {
        string digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(s_unsigned));
        Answer(Signed, MediaTypes.DockerSchema1Signed, digest);

        Assert.Equal(digest, (await ResolveAsync(Host, "1")).Digest.ToString());
        Assert.Equal(digest, (await ResolveAsync(Host, digest)).Digest.ToString());
    }

    [Theory]
    [InlineData("1", Json.DigestB)]
    [InlineData(Json.DigestB, Json.DigestB)]
    [InlineData(Json.DigestB, null)]
    public async Task Resolve_OtherDigest_IsDigestMismatch(string name, string? header)
    {
        Answer(Signed, MediaTypes.DockerSchema1Signed, header);

        OciException error = await GetErrorAsync(() => ResolveAsync(Host, name));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Contains(s_digest, error.Message, StringComparison.Ordinal);
        Assert.Contains(Json.DigestB, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_DamagedSignature_IsInvalidManifest()
    {
        Answer(
            Json.Bytes(Json.Text(Signed).Replace("\"protected\":\"", "\"protected\":\"!", StringComparison.Ordinal)),
            MediaTypes.DockerSchema1Signed,
            null);

        Assert.Equal("InvalidManifest", (await GetErrorAsync(() => ResolveAsync(Host, "1"))).ErrorId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteBlob_LayerOfUnknownSize_IsHashedAndCounted(bool toRegistry)
    {
        using var folder = new TemporaryFolder();
        byte[] layer = Sample.Noise(300_000);
        string digest = Registry.Content.PutBlob("team/app", layer);
        using var from = TestSession.Store(ImageReference.Parse($"{Host}/team/app"));
        using IImageStore to = toRegistry
            ? TestSession.Store(ImageReference.Parse($"{Host}/team/copy"))
            : new OciLayoutStore(ImageReference.Parse($"oci:{folder["layout"]}"));
        var blob = Descriptor.WithUnknownSize(MediaTypes.DockerLayerGzip, Digest.Parse(digest));

        WrittenBlob written = await to.WriteBlobAsync(BlobSource.FromStore(from, blob, content => content), CancellationToken.None);

        Assert.Equal((digest, 300_000), (written.Digest.ToString(), written.Size));
        Assert.True(await to.BlobExistsAsync(blob, CancellationToken.None));
    }

    [Fact]
    public async Task WriteBlob_WrongLayerOfUnknownSize_IsDigestMismatch()
    {
        using var folder = new TemporaryFolder();
        string digest = Registry.Content.PutBlob("team/app", Sample.Noise(300_000));
        Registry.Content.Corrupt("team/app", digest, Sample.Noise(200_000));
        using var from = TestSession.Store(ImageReference.Parse($"{Host}/team/app"));
        using var to = new OciLayoutStore(ImageReference.Parse($"oci:{folder["layout"]}"));
        var blob = Descriptor.WithUnknownSize(MediaTypes.DockerLayerGzip, Digest.Parse(digest));

        OciException error = await GetErrorAsync(
            () => to.WriteBlobAsync(BlobSource.FromStore(from, blob, content => content), CancellationToken.None));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.False(await to.BlobExistsAsync(blob, CancellationToken.None));
        Assert.Empty(Directory.GetFiles(folder["layout"], ".ocips-*"));
    }

    private static Task<ManifestContent> ResolveAsync(string host, string name, IReadOnlyList<string>? accept = null)
    {
        var reference = ImageReference.Parse($"{host}/team/app{(name.Contains(':', StringComparison.Ordinal) ? "@" : ":")}{name}");
        using var store = TestSession.Store(reference);
        return store.ResolveAsync(reference, accept ?? MediaTypes.AllManifests, CancellationToken.None);
    }

    private void Answer(byte[] manifest, string mediaType, string? digest) => Registry.Options.Intercept = async context =>
    {
        if (!context.Request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.ContentType = mediaType;
        if (digest is not null)
        {
            context.Response.Headers["Docker-Content-Digest"] = digest;
        }

        await context.Response.Body.WriteAsync(manifest);
        return true;
    };
}
