// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Connections;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Whether a registry has a blob: what it says, and what it gives.</summary>
public sealed class BlobProbeTests : FaultTestBase
{
    private static readonly byte[] s_blob = Sample.Noise(5000);

    private static Descriptor Blob => new("", Digest.FromBytes(s_blob), s_blob.Length);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exists_BlobIsThereOrNot_IsSaidAfterOneRequestForOneByte(bool isThere)
    {
        if (isThere)
        {
            Registry.Content.PutBlob("team/app", s_blob);
        }

        Assert.Equal(isThere, await ExistsAsync());

        Assert.Equal("bytes=0-0", Assert.Single(Registry.Requests).Range);
    }

    [Fact]
    public async Task Exists_RegistryKnowsNoRanges_IsSaid()
    {
        Registry.Content.PutBlob("team/app", s_blob);
        Registry.Options.KnowsNoRanges = true;

        Assert.True(await ExistsAsync());
    }

    [Fact]
    public async Task Exists_EmptyBlob_IsSaid()
    {
        Registry.Content.PutBlob("team/app", []);
        using RegistryStore store = Store();

        Assert.True(await store.BlobExistsAsync(new Descriptor("", Digest.FromBytes([]), 0), CancellationToken.None));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(206)]
    public async Task Exists_RegistrySaysSoAndGivesNoBytes_IsNotThere(int status)
    {
        // As docker-registry does after a collection: its cache knows the size of what is no more.
        Registry.Options.Intercept = context =>
        {
            context.Response.StatusCode = status;
            if (context.Request.Method == "HEAD")
            {
                context.Response.ContentLength = s_blob.Length;
            }

            return Task.FromResult(true);
        };

        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task Exists_RegistryBreaksOffBeforeTheFirstByte_IsNotThere()
    {
        Registry.Content.PutBlob("team/app", s_blob);
        Registry.Options.Fault = (_, _) => new RegistryFault("cut") { CutAt = 0 };

        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task Exists_StorageRefusesToBeRead_GoesByHead()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        storage.Options.Fault = (_, _) => RegistryFault.FromStatus(403);
        Registry.Content.PutBlob("team/app", s_blob);
        Registry.Options.RedirectBlobsTo = $"http://{storage.Host}";

        Assert.True(await ExistsAsync());

        Assert.Equal(1, Count("HEAD"));
    }

    [Fact]
    public async Task Exists_StorageHasItNoMore_IsNotThere()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        Registry.Content.PutBlob("team/app", s_blob);
        Registry.Options.RedirectBlobsTo = $"http://{storage.Host}";

        Assert.False(await ExistsAsync());
    }

    [Fact]
    public async Task Copy_HeadLiesAboutBlobs_SendsThem()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Registry.Options.Intercept = context =>
        {
            bool isHead = context.Request.Method == "HEAD" && context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal);
            return Task.FromResult(isHead);
        };

        await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(image.Layers.Append(image.Config).Order(), Registry.Content.BlobsIn("clean/app").Order());
    }

    [Fact]
    public async Task Copy_MountIsSaidAndNotDone_SendsTheBlobs()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Registry.Options.Fault = (_, request) => request.Path.Contains("mount=", StringComparison.Ordinal)
            ? RegistryFault.FromStatus(201)
            : null;

        await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(image.Layers.Append(image.Config).Order(), Registry.Content.BlobsIn("clean/app").Order());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Write_PutIsAnsweredAndNothingIsStored_IsNotStored(int status)
    {
        Registry.Options.Fault = (_, request) => Kind("blob PUT")(request) ? RegistryFault.FromStatus(status) : null;
        TestSession.Use(clock: new TestClock());
        using RegistryStore store = Store();

        OciException error = await GetErrorAsync(() => store.WriteBlobAsync(BlobSource.FromBytes(s_blob, Blob), CancellationToken.None));

        Assert.Equal("NotStored", error.ErrorId);
        Assert.Contains(Blob.Digest.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Write_PutIsAnsweredOtherwiseAndTheBlobIsThere_IsTaken(int status)
    {
        Registry.Options.Intercept = context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.StatusCode = context.Response.StatusCode == StatusCodes.Status201Created
                    ? status
                    : context.Response.StatusCode;
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };
        using RegistryStore store = Store();

        await store.WriteBlobAsync(BlobSource.FromBytes(s_blob, Blob), CancellationToken.None);

        Assert.NotNull(Registry.Content.FindBlob("team/app", Blob.Digest.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_RefusedAsAnotherDigestOnce_IsSentOnceMore(bool known)
    {
        int left = 1;
        Registry.Options.Fault = (_, request) => Kind("blob PUT")(request) && left-- > 0
            ? new RegistryFault("race")
            {
                Status = 400,
                Body = """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}""",
            } : null;
        using RegistryStore store = Store();

        await store.WriteBlobAsync(BlobSource.FromBytes(s_blob, Blob) with { Known = known ? Blob : null }, CancellationToken.None);

        Assert.Equal(2, Count("POST"));
        Assert.NotNull(Registry.Content.FindBlob("team/app", Blob.Digest.ToString()));
    }

    [Fact]
    public async Task Write_AlwaysRefusedAsAnotherDigest_IsTheRegistrysError()
    {
        Registry.Options.Fault = (_, request) => Kind("blob PUT")(request)
            ? new RegistryFault("no")
            {
                Status = 400,
                Body = """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}""",
            } : null;
        using RegistryStore store = Store();

        OciException error = await GetErrorAsync(() => store.WriteBlobAsync(BlobSource.FromBytes(s_blob, Blob), CancellationToken.None));

        Assert.Contains("DIGEST_INVALID", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Count("PUT"));
    }

    [Fact]
    public async Task Put_RegistryHasAMirror_LooksAtTheRegistryAlone()
    {
        TestSession.Use(clock: new TestClock());
        await using RegistryServer mirror = await RegistryServer.StartAsync();
        RegistryImage.Push(Registry, "team/app");
        RegistryImage.Push(mirror, "team/app");
        TestSession.Current.Registries.Connect(new RegistryConnection(Host) { Mirrors = [RegistryMirror.Parse(mirror.Host)] });
        try
        {
            Registry.Options.Fault = (_, request) => Kind("manifest PUT")(request) ? RegistryFault.FromStatus(201) : null;

            // The mirror has the tag of the same image; that proves nothing.
            OciException error = await GetErrorAsync(() => TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1"));

            Assert.Equal("NotStored", error.ErrorId);
            Assert.DoesNotContain(
                mirror.Requests, request => request.Method == "HEAD" || request.Path.Contains("clean/", StringComparison.Ordinal));
        }
        finally
        {
            TestSession.Current.Registries.DisconnectAll();
        }
    }

    private async Task<bool> ExistsAsync()
    {
        using RegistryStore store = Store();
        return await store.BlobExistsAsync(Blob, CancellationToken.None);
    }
}
