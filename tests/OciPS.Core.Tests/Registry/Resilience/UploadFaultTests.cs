// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Uploads that break, are lost, or that a registry wants otherwise.</summary>
public sealed class UploadFaultTests : UploadTestBase
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_TokenEndsAgainAndAgain_GetsFreshOnesAndGoesOn(bool known)
    {
        AllowCredentials();
        Registry.Options.Bearer = ("", "");
        Registry.Options.TokenUses = 1;

        await WriteAsync(Content, known);

        Assert.True(Count(request => request.Path.StartsWith("/token", StringComparison.Ordinal)) > 1);
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Fact]
    public async Task Write_SpooledPutBreaksOff_AsksTheSourceNoMore()
    {
        Registry.Options.RefusesChunks = 405;
        FailFirst(1, Kind("blob PUT"), new RegistryFault("cut") { CutUploadAt = 1000 });

        await WriteAsync(Content, known: false);

        Assert.Equal(2, Count("PUT"));
        // For the chunks, and for the spool.
        Assert.Equal(2, Asked);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("lost")]
    [InlineData("503")]
    public async Task Write_PutOfAKnownBlobBreaks_BeginsANewSession(string fault)
    {
        FailFirst(1, Kind("blob PUT"), fault switch
        {
            "cut" => new RegistryFault(fault) { CutUploadAt = 5_000_000 },
            "lost" => new RegistryFault(fault) { LosesUploads = true },
            _ => RegistryFault.FromStatus(503),
        });

        await WriteAsync(Content, known: true);

        Assert.Equal(2, Count("POST"));
        Assert.Equal(2, Count("PUT"));
        Assert.Equal(2, Registry.Requests.Where(Kind("blob PUT")).Select(request => request.Path).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_AbsoluteLocation_KeepsItsQuery(bool known)
    {
        Registry.Options.UploadTo = $"http://{Host}";

        await WriteAsync(Small, known);

        Assert.All(
            Registry.Requests.Where(request => request.Method is "PATCH" or "PUT"),
            request => Assert.Contains("?state=some", request.Path, StringComparison.Ordinal));
        Assert.All(
            Registry.Requests.Where(Kind("blob PUT")),
            request => Assert.Contains("&digest=sha256", request.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_NoLocation_IsNamed(bool known)
    {
        Registry.Options.HidesLocation = true;

        OciException error = await GetErrorAsync(() => WriteAsync(Small, known));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Contains("no Location", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, Count("POST"));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Copy_MountDeniedForBoth_IsAskedForTheDestinationAlone(int status)
    {
        RegistryImage.Push(Registry, "team/app");
        AllowCredentials();
        Registry.Options.Bearer = ("", "");
        // A token service that gives no token for two repositories, or a registry that does not take it.
        Registry.Options.Fault = (_, request) => status == 401

            ? request.Path.StartsWith("/token", StringComparison.Ordinal) && request.Path.Split("scope=").Length > 2
            ? RegistryFault.FromStatus(401)
            : null

            : request.Path.Contains("mount=", StringComparison.Ordinal) && request.Authorization.Length > 0 && FirstFor(request.Path)
            ? RegistryFault.FromStatus(403)
            : null;

        await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(3, Registry.Content.BlobsIn("clean/app").Count);
        Assert.Equal(0, Count(Kind("blob PUT")));
    }

    [Fact]
    public async Task Write_RegistryLetsInOneRequestAtATime_DoesNotWaitForItself()
    {
        Registry.Options.Fault = (_, request) => request.Path.EndsWith("/manifests/busy", StringComparison.Ordinal)
            ? RegistryFault.FromStatus(429)
            : null;
        using RegistryStore store = Store();
        var source = new BlobSource(
            async (output, token) =>
            {
                // While the upload has the only turn that is left, its source is read from the same registry.
                Assert.Equal("TooManyRequests", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:busy"))).ErrorId);
                await output.WriteAsync(Small, token);
            },
            new Descriptor("", Digest.FromBytes(Small), Small.Length));

        await store.WriteBlobAsync(source, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(MostAttempts, Count(request => request.Path.EndsWith("/manifests/busy", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Copy_ProxyAnswersForBlobsWithAPageOfItsOwn_SendsThem()
    {
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Intercept = async context =>
        {
            bool isAboutABlob = context.Request.Method == "HEAD" || context.Request.Headers.Range == "bytes=0-0";
            context.Response.ContentLength = isAboutABlob ? 17 : null;
            if (isAboutABlob && context.Request.Method == "GET")
            {
                await context.Response.Body.WriteAsync(new byte[17]);
            }

            return isAboutABlob;
        };

        await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(3, Registry.Content.BlobsIn("clean/app").Count);
    }

    private readonly HashSet<string> _seen = [];

    private bool FirstFor(string path)
    {
        lock (_seen)
        {
            return _seen.Add(path);
        }
    }
}
