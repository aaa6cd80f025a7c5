// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Registry;
using OciPS.Registry.Client;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Uploads that are sent while they are made.</summary>
[Trait("Speed", "Slow")]
public sealed class StreamedUploadTests : UploadTestBase
{
    private UploadMode Mode => TestSession.Current.Registries.GetClient(Host).Uploads;

    [Theory]
    [InlineData(20_000_000, 17_000_000)]
    [InlineData(2_000_000, 2)]
    [InlineData(2_000_000, 0)]
    public async Task Write_BreaksOff_SendsWhatTheRegistryHasNotGot(int size, int at)
    {
        FailFirst(1, Kind("PATCH"), new RegistryFault("cut") { CutUploadAt = at });

        await WriteAsync(Content[..size], known: false);

        Assert.Equal(2, Asked);
        Assert.Equal(1, Count("POST"));
        Assert.Equal(2, Count("PATCH"));
        Assert.Equal(UploadMode.Stream, Mode);
    }

    [Fact]
    public async Task Write_RegistryHasOneByteAndSaysThatOfNone_BeginsAnew()
    {
        FailFirst(1, Kind("PATCH"), new RegistryFault("cut") { CutUploadAt = 1 });

        await WriteAsync(Small, known: false);

        Assert.Equal(2, Count("POST"));
        Assert.Equal(3, Asked);
    }

    [Fact]
    public async Task Write_BreaksAgainAndAgainButComesOn_Ends()
    {
        // More often than a request is sent again.
        FailFirst(3 * MostAttempts, Kind("PATCH"), new RegistryFault("cut") { CutUploadAt = 1_000_000 });

        await WriteAsync(Content, known: false);

        Assert.Equal((3 * MostAttempts) + 1, Count("PATCH"));
        Assert.Equal(1, Count("POST"));
    }

    [Fact]
    public async Task Write_BreaksAndNeverComesOn_EndsAfterTheLastAttempt()
    {
        Registry.Options.Fault = (_, request) => request.Method == "PATCH" ? new RegistryFault("cut") { CutUploadAt = 1000 } : null;

        OciException error = await GetErrorAsync(() => WriteAsync(Content[..500_000], known: false));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Equal(MostAttempts, Count("PATCH"));
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Fact]
    public async Task Write_AnswerIsLost_NothingIsSentAgain()
    {
        FailFirst(1, Kind("PATCH"), new RegistryFault("lost answer") { LosesAnswer = true });

        await WriteAsync(Content, known: false);

        Assert.Equal(1, Count("PATCH"));
        Assert.Equal(1, Asked);
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("blob PUT")]
    public async Task Write_SessionIsLost_BeginsAnewFromTheSource(string kind)
    {
        FailFirst(1, Kind(kind), new RegistryFault("lost") { LosesUploads = true });

        await WriteAsync(Content, known: false);

        Assert.Equal(2, Asked);
        Assert.Equal(2, Count("POST"));
        Assert.Equal(UploadMode.Stream, Mode);
    }

    [Fact]
    public async Task Write_SessionIsLostForEver_Ends()
    {
        Registry.Options.Fault = (_, request) => request.Method == "PATCH" ? new RegistryFault("lost") { LosesUploads = true } : null;

        OciException error = await GetErrorAsync(() => WriteAsync(Small, known: false));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Equal(MostAttempts, Count("PATCH"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(411)]
    [InlineData(413)]
    [InlineData(416)]
    [InlineData(501)]
    public async Task Write_RegistryWantsToKnowSizes_SendsChunksAndRemembers(int status)
    {
        Registry.Options.RefusesStreams = status;

        await WriteAsync(Content, known: false);
        Assert.Equal(1 + 3, Count("PATCH"));

        await WriteAsync(Small, known: false);
        Assert.Equal(1 + 3 + 1, Count("PATCH"));
        Assert.Equal(UploadMode.Chunks, Mode);
        Assert.Equal(0, Registry.OpenUploads);
        Assert.Single(Log.Messages, message => message.Contains("chunks from now on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(405, 1)]
    [InlineData(404, 1)]
    [InlineData(415, 1)]
    [InlineData(501, 2)]
    public async Task Write_RegistryTakesNoParts_SendsOnePieceAndRemembers(int status, int tries)
    {
        Registry.Options.RefusesChunks = status;

        await WriteAsync(Content, known: false);
        Assert.Equal(tries, Count("PATCH"));

        await WriteAsync(Small, known: false);
        Assert.Equal(tries, Count("PATCH"));
        Assert.Equal(2, Count("PUT"));
        Assert.Equal(UploadMode.Whole, Mode);
        Assert.Single(Log.Messages, message => message.Contains("sent whole from now on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_ProxyKeepsWhatItGetsAndBreaks_SendsChunks()
    {
        int left = 1;
        Registry.Options.Intercept = async context =>
        {
            if (context.Request.Method != "PATCH" || Interlocked.Decrement(ref left) < 0)
            {
                return false;
            }

            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Abort();
            return true;
        };

        await WriteAsync(Content, known: false);

        Assert.Equal(UploadMode.Chunks, Mode);
        Assert.Equal(1 + 3, Count("PATCH"));
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Fact]
    public async Task Write_RefusalIsCutShort_IsNoReasonToSendOnePiece()
    {
        const string lost = """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":"blob upload unknown to registry"}]}""";
        FailFirst(1, Kind("PATCH"), RegistryFault.FromStatus(404) with { Body = lost, CutAt = 20 });

        await WriteAsync(Small, known: false);

        Assert.Equal(UploadMode.Chunks, Mode);
        Assert.Equal(2, Count("POST"));
    }

    [Fact]
    public async Task Write_ServerTakesBodiesWithoutALengthForEmpty_SendsChunks()
    {
        Registry.Options.Intercept = context =>
        {
            if (context.Request.Method == "PATCH" && context.Request.ContentLength is null)
            {
                context.Request.Body = Stream.Null;
            }

            return Task.FromResult(false);
        };

        await WriteAsync(Content, known: false);

        Assert.Equal(UploadMode.Chunks, Mode);
        Assert.Equal(1 + 3, Count("PATCH"));
        Assert.Equal(2, Count("POST"));
        Assert.Equal(0, Registry.OpenUploads);
    }

    [Fact]
    public async Task Write_RegistryPutsMoreAwayThanItSaid_BeginsAnew()
    {
        FailFirst(1, Kind("PATCH"), new RegistryFault("cut") { CutUploadAt = 1_000_000 });
        Registry.Options.Intercept = context =>
        {
            if (context.Request.Method == "GET" && context.Request.Path.Value!.Contains("/uploads/", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 204;
                context.Response.Headers.Range = "0-900000";
                return Task.FromResult(true);
            }

            return Task.FromResult(false);
        };

        await WriteAsync(Content, known: false);

        Assert.Equal(2, Count("POST"));
        Assert.Equal(3, Asked);
    }

    [Fact]
    public async Task Write_SourceFails_SaysWhyAndCancelsTheUpload()
    {
        using RegistryStore store = Store();
        var source = new BlobSource(
            async (output, token) =>
            {
                await output.WriteAsync(Small, token);
                throw new FileNotFoundException("The spool is gone.");
            },
            null);

        FileNotFoundException error = await Assert.ThrowsAsync<FileNotFoundException>(
            () => store.WriteBlobAsync(source, CancellationToken.None));

        Assert.Equal("The spool is gone.", error.Message);
        Assert.Equal(1, Count("POST"));
        Assert.Equal(0, Registry.OpenUploads);
    }
}
