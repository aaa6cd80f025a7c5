// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Stores;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Uploads that break, are lost, or that a registry wants otherwise.</summary>
public sealed class UploadFaultTests : FaultTestBase
{
    private static readonly byte[] s_content = Sample.Noise(20_000_000);
    private static readonly byte[] s_small = Sample.Noise(3000);
    private int _asked;

    [Fact]
    public async Task Write_ChunkBreaksOff_GoesOnFromWhatTheRegistryHas()
    {
        int number = 0;
        Registry.Options.Fault = (_, request) => request.Method == "PATCH" && ++number == 2 ? new RegistryFault("cut") { CutUploadAt = 1_000_000 } : null;

        await WriteAsync(s_content, known: false);

        Assert.Equal(1, _asked);
        const int chunk = 8 * 1024 * 1024;
        Assert.Equal(
            [$"0-{chunk - 1}", $"{chunk}-{(2 * chunk) - 1}", $"{chunk + 1_000_000}-{(2 * chunk) - 1}", $"{2 * chunk}-19999999"],
            Registry.Requests.Where(Kind("PATCH")).Select(request => request.Range));
    }

    [Fact]
    public async Task Write_AnswerToAChunkIsLost_IsNotSentAgain()
    {
        FailFirst(1, Kind("PATCH"), new RegistryFault("lost answer") { LosesAnswer = true });

        await WriteAsync(s_content, known: false);

        Assert.Equal(3, Count("PATCH"));
        Assert.Equal(1, _asked);
    }

    [Theory]
    [InlineData("PATCH", 1)]
    [InlineData("PATCH", 2)]
    [InlineData("blob PUT", 1)]
    public async Task Write_SessionIsLost_BeginsAnewFromTheSource(string kind, int number)
    {
        Registry.Options.Fault = (_, request) => Kind(kind)(request) && --number == 0 ? new RegistryFault("lost") { LosesUploads = true } : null;

        await WriteAsync(s_content, known: false);

        Assert.Equal(2, _asked);
        Assert.Equal(2, Count("POST"));
        // It takes chunks still.
        Assert.True(RegistryClient.For(Host).TakesChunks);
    }

    [Fact]
    public async Task Write_SessionIsLostWhileAChunkBreaks_BeginsAnew()
    {
        FailFirst(1, Kind("PATCH"), RegistryFault.OfStatus(502) with { LosesUploads = true });

        await WriteAsync(s_content, known: false);

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Write_SessionIsLostForEver_Ends()
    {
        Registry.Options.Fault = (_, request) => request.Method == "PATCH" ? new RegistryFault("lost") { LosesUploads = true } : null;

        OciException error = await ErrorOfAsync(() => WriteAsync(s_small, known: false));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Equal(MostAttempts, Count("PATCH"));
    }

    [Theory]
    [InlineData(405)]
    [InlineData(404)]
    [InlineData(501)]
    public async Task Write_RegistryTakesNoChunks_SendsOnePieceAndRemembers(int status)
    {
        Registry.Options.RefusesChunks = status;

        await WriteAsync(s_content, known: false);
        Assert.Equal(1, Count("PATCH"));

        await WriteAsync(s_small, known: false);
        Assert.Equal(1, Count("PATCH"));
        Assert.Equal(2, Count("PUT"));
    }

    [Fact]
    public async Task Write_RegistryWantsChunksThatNoMemoryHolds_SendsOnePieceOutOfASpool()
    {
        Registry.Options.MinimumChunk = 200L * 1024 * 1024 * 1024;

        await WriteAsync(s_content, known: false);
        await WriteAsync(s_small, known: false);

        Assert.Equal(0, Count("PATCH"));
        Assert.Equal(2, Count("PUT"));
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_TokenEndsAgainAndAgain_GetsFreshOnesAndGoesOn(bool known)
    {
        AllowCredentials();
        Registry.Options.Bearer = ("", "");
        Registry.Options.TokenUses = 1;

        await WriteAsync(s_content, known);

        Assert.True(Count(request => request.Path.StartsWith("/token", StringComparison.Ordinal)) > 1);
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Fact]
    public async Task Write_SpooledPutBreaksOff_AsksTheSourceNoMore()
    {
        Registry.Options.RefusesChunks = 405;
        FailFirst(1, Kind("blob PUT"), new RegistryFault("cut") { CutUploadAt = 1000 });

        await WriteAsync(s_content, known: false);

        Assert.Equal(2, Count("PUT"));
        // For the chunks, and for the spool.
        Assert.Equal(2, _asked);
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
            _ => RegistryFault.OfStatus(503),
        });

        await WriteAsync(s_content, known: true);

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

        await WriteAsync(s_small, known);

        Assert.All(Registry.Requests.Where(request => request.Method is "PATCH" or "PUT"), request => Assert.Contains("?state=some", request.Path, StringComparison.Ordinal));
        Assert.All(Registry.Requests.Where(Kind("blob PUT")), request => Assert.Contains("&digest=sha256", request.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_NoLocation_IsNamed(bool known)
    {
        Registry.Options.HidesLocation = true;

        OciException error = await ErrorOfAsync(() => WriteAsync(s_small, known));

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
            ? request.Path.StartsWith("/token", StringComparison.Ordinal) && request.Path.Split("scope=").Length > 2 ? RegistryFault.OfStatus(401) : null
            : request.Path.Contains("mount=", StringComparison.Ordinal) && request.Authorization.Length > 0 && FirstFor(request.Path) ? RegistryFault.OfStatus(403) : null;

        await Images.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.Equal(3, Registry.Content.BlobsIn("clean/app").Count);
        Assert.Equal(0, Count(Kind("blob PUT")));
    }

    [Fact]
    public async Task Write_RegistryLetsInOneRequestAtATime_DoesNotWaitForItself()
    {
        Registry.Options.Fault = (_, request) => request.Path.EndsWith("/manifests/busy", StringComparison.Ordinal) ? RegistryFault.OfStatus(429) : null;
        using RegistryStore store = Store();
        var source = new BlobSource(
            async (output, token) =>
            {
                // While the upload has the only turn that is left, its source is read from the same registry.
                Assert.Equal("TooManyRequests", (await ErrorOfAsync(() => ResolveAsync($"{Host}/team/app:busy"))).ErrorId);
                await output.WriteAsync(s_small, token);
            },
            new Descriptor("", Digest.OfBytes(s_small), s_small.Length));

        await store.WriteBlobAsync(source, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(MostAttempts, Count(request => request.Path.EndsWith("/manifests/busy", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Copy_ProxyAnswersForBlobsWithAPageOfItsOwn_SendsThem()
    {
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Intercept = context =>
        {
            bool isHead = context.Request.Method == "HEAD";
            context.Response.ContentLength = isHead ? 17 : null;
            return Task.FromResult(isHead);
        };

        await Images.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

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

    private async Task WriteAsync(byte[] content, bool known)
    {
        using RegistryStore store = Store();
        var digest = Digest.OfBytes(content);
        var source = new BlobSource(
            async (output, token) =>
            {
                _asked++;
                await output.WriteAsync(content, token);
            },
            known ? new Descriptor("", digest, content.Length) : null);

        WrittenBlob written = await store.WriteBlobAsync(source, CancellationToken.None);

        Assert.Equal((digest, content.Length), (written.Digest, written.Size));
        Assert.Equal(content, Registry.Content.FindBlob("team/app", digest.ToString()));
    }
}
