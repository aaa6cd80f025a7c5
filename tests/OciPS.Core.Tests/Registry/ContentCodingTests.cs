// SPDX-License-Identifier: MIT

using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Answers that something on the way compressed, and answers that only say so.</summary>
/// <remarks>
/// RFC 9110, section 8.4: a coding is undone to get what was stored. nginx's "gzip" filter does it to documents, GCS labels what is gzip by
/// itself.
/// </remarks>
public sealed class ContentCodingTests : RegistryTestBase
{
    private const string GzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
    private const string TarLayer = "application/vnd.oci.image.layer.v1.tar";

    private static readonly byte[] s_tar = Sample.Text(50_000);
    private static readonly byte[] s_layer = RegistryImage.Gzip(Sample.Noise(40_000));

    [Fact]
    public async Task Requests_OfAllKinds_AskForIdentity()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Intercept = context =>
        {
            seen.Add(context.Request.Headers.AcceptEncoding.ToString());
            return Task.FromResult(false);
        };

        await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.All(seen, encoding => Assert.Equal("identity", encoding));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip", false)]
    [InlineData("x-gzip", true)]
    [InlineData("GZIP", false)]
    [InlineData("deflate", false)]
    [InlineData("br", false)]
    public async Task Copy_EverythingIsCompressedOnTheWay_ComesOutAsItWasStored(string coding, bool saysLength)
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Compress(coding, saysLength);

        await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(image.Digest, Registry.Content.FindManifest("clean/app", "1")!.Digest);
        Assert.Equal(image.Layers.Append(image.Config).Order(), Registry.Content.BlobsIn("clean/app").Order());
        Assert.Equal(["etc/secret.key", "app/run"], await ListAsync($"{Host}/team/app:1"));
    }

    [Theory]
    [InlineData(GzipLayer, true)]
    [InlineData(GzipLayer, false)]
    [InlineData(TarLayer, true)]
    [InlineData(TarLayer, false)]
    public async Task Open_BlobIsCompressedOnTheWay_ComesOutAsItWasStored(string mediaType, bool saysLength)
    {
        byte[] blob = mediaType == GzipLayer ? s_layer : s_tar;
        Registry.Content.PutBlob("team/app", blob);
        Compress("gzip", saysLength);

        Assert.Equal(blob, await ReadAsync(blob, mediaType));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip", false)]
    [InlineData("x-gzip", true)]
    public async Task Open_LayerIsLabelledForBeingGzip_ComesOutAsItWasStored(string coding, bool saysLength)
    {
        Registry.Content.PutBlob("team/app", s_layer);
        Label(coding, saysLength);

        Assert.Equal(s_layer, await ReadAsync(s_layer, GzipLayer));
    }

    [Fact]
    public async Task Resolve_ManifestIsLabelledAndNotCompressed_IsRead()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Label("gzip", saysLength: true);

        Assert.Equal(image.Digest, (await ResolveAsync($"{Host}/team/app:1")).Digest.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenPart_PartIsLabelledForBeingGzip_IsTaken(bool saysLength)
    {
        Registry.Content.PutBlob("team/app", s_layer);
        Label("gzip", saysLength);

        Assert.Equal(s_layer[1000..3000], await ReadPartAsync(s_layer, GzipLayer, 1000, 2000));
    }

    [Fact]
    public async Task OpenPart_PartIsOneOfWhatWasCompressed_OnlyTheWholeCanBeHad()
    {
        Registry.Content.PutBlob("team/app", s_tar);
        Compress("gzip", saysLength: true, partsOfCompressed: true);

        Assert.Null(await ReadPartAsync(s_tar, TarLayer, 1000, 2000));
        Assert.Equal(s_tar, await ReadAsync(s_tar, TarLayer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_CompressedDownloadBreaksOff_GoesOn(bool partsOfCompressed)
    {
        byte[] blob = Sample.Noise(400_000);
        Registry.Content.PutBlob("team/app", blob);
        Compress("gzip", saysLength: true, partsOfCompressed);
        int asked = 0;
        Registry.Options.Fault = (_, _) => asked++ == 0 ? new RegistryFault("cut") { CutAt = 200_000 } : null;

        Assert.Equal(blob, await ReadAsync(blob, TarLayer));
    }

    [Fact]
    public async Task Open_CodingIsUnknown_IsNamed()
    {
        Registry.Content.PutBlob("team/app", s_tar);
        Registry.Options.Intercept = async context =>
        {
            context.Response.Headers.ContentEncoding = "compress";
            await context.Response.Body.WriteAsync(s_tar.AsMemory(1));
            return true;
        };

        OciException error = await GetErrorAsync(() => ReadAsync(s_tar, TarLayer));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Contains("'compress'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_RefusalIsCompressed_IsShown()
    {
        Registry.Options.Intercept = async context =>
        {
            context.Response.StatusCode = 403;
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(
                RegistryImage.Gzip("""{"errors":[{"code":"DENIED","message":"not today"}]}"""u8.ToArray()));
            return true;
        };

        Assert.Contains(
            "DENIED not today", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_ManifestIsABomb_IsTooLarge()
    {
        Registry.Options.Intercept = async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(RegistryImage.Gzip(new byte[20_000_000]));
            return true;
        };

        Assert.Equal("ManifestTooLarge", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
    }

    private static byte[] Encode(byte[] bytes, string coding)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = coding.ToLowerInvariant() switch
        {
            "deflate" => new ZLibStream(encoded, CompressionLevel.Fastest),
            "br" => new BrotliStream(encoded, CompressionLevel.Fastest),
            _ => new GZipStream(encoded, CompressionLevel.Fastest),
        })
        {
            encoder.Write(bytes);
        }

        return encoded.ToArray();
    }

    private byte[]? Find(HttpRequest request)
    {
        string[] path = request.Path.Value!.Split('/');
        string repository = string.Join('/', path[2..^2]);
        return path[^2] == "blobs" ? Registry.Content.FindBlob(repository, path[^1])
            : path[^2] == "manifests" ? Registry.Content.FindManifest(repository, path[^1])?.Bytes
            : null;
    }

    // A whole answer to whatever was asked, as a proxy's filter makes it; or parts of the compressed form, as a cache does that keeps that.
    private void Compress(string coding, bool saysLength, bool partsOfCompressed = false) => Registry.Options.Intercept = async context =>
    {
        if (context.Request.Method != "GET" || Find(context.Request) is not { } stored)
        {
            return false;
        }

        byte[] encoded = Encode(stored, coding);
        context.Response.Headers.ContentEncoding = coding;
        ReadOnlyMemory<byte> sent = encoded;
        if (partsOfCompressed && context.Request.GetTypedHeaders().Range?.Ranges.Single() is { From: { } from } range)
        {
            long to = Math.Min(range.To ?? long.MaxValue, encoded.Length - 1);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to}/{encoded.Length}");
            sent = sent[(int)from..(int)(to + 1)];
        }

        context.Response.ContentLength = saysLength ? sent.Length : null;
        await context.Response.Body.WriteAsync(sent);
        return true;
    };

    private void Label(string coding, bool saysLength) => Registry.Options.Intercept = context =>
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.ContentEncoding = coding;
            context.Response.ContentLength = saysLength ? context.Response.ContentLength : null;
            return Task.CompletedTask;
        });
        return Task.FromResult(false);
    };

    private async Task<byte[]> ReadAsync(byte[] blob, string mediaType)
    {
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"));
        using Stream content = await store.OpenVerifiedAsync(
            new Descriptor(mediaType, Digest.FromBytes(blob), blob.Length), "It", CancellationToken.None);
        using var read = new MemoryStream();
        await content.CopyToAsync(read);
        return read.ToArray();
    }

    private async Task<byte[]?> ReadPartAsync(byte[] blob, string mediaType, long offset, long length)
    {
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"));
        using Stream? content = await store.TryOpenBlobPartAsync(
            new Descriptor(mediaType, Digest.FromBytes(blob), blob.Length), offset, length, CancellationToken.None);
        if (content is null)
        {
            return null;
        }

        using var read = new MemoryStream();
        await content.CopyToAsync(read);
        return read.ToArray();
    }
}
