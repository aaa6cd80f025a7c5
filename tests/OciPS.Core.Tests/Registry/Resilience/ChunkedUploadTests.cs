// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Registry.Client;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Uploads in chunks, to a registry that wants them.</summary>
public sealed class ChunkedUploadTests : UploadTestBase
{
    private const int Chunk = 8 * 1024 * 1024;

    [Fact]
    public async Task Write_ChunkBreaksOff_GoesOnFromWhatTheRegistryHas()
    {
        int number = 0;
        Registry.Options.MinimumChunk = 1;
        Registry.Options.Fault = (_, request) => request.Method == "PATCH" && ++number == 2
            ? new RegistryFault("cut") { CutUploadAt = 1_000_000 }
            : null;

        await WriteAsync(Content, known: false);

        Assert.Equal(1, Asked);
        Assert.Equal(
            [$"0-{Chunk - 1}", $"{Chunk}-{(2 * Chunk) - 1}", $"{Chunk + 1_000_000}-{(2 * Chunk) - 1}", $"{2 * Chunk}-19999999"],
            Registry.Requests.Where(Kind("PATCH")).Select(request => request.Range));
    }

    [Fact]
    public async Task Write_AnswerToAChunkIsLost_IsNotSentAgain()
    {
        Registry.Options.MinimumChunk = 1;
        FailFirst(1, Kind("PATCH"), new RegistryFault("lost answer") { LosesAnswer = true });

        await WriteAsync(Content, known: false);

        Assert.Equal(3, Count("PATCH"));
        Assert.Equal(1, Asked);
    }

    [Theory]
    [InlineData("PATCH", 1)]
    [InlineData("PATCH", 2)]
    [InlineData("blob PUT", 1)]
    public async Task Write_SessionIsLost_BeginsAnewFromTheSource(string kind, int number)
    {
        Registry.Options.MinimumChunk = 1;
        Registry.Options.Fault = (_, request) => Kind(kind)(request) && --number == 0
            ? new RegistryFault("lost") { LosesUploads = true }
            : null;

        await WriteAsync(Content, known: false);

        Assert.Equal(2, Asked);
        Assert.Equal(2, Count("POST"));
        // It is sent chunks still.
        Assert.NotEqual(UploadMode.Whole, TestSession.Current.Registries.GetClient(Host).Uploads);
    }

    [Fact]
    public async Task Write_SessionIsLostWhileAChunkBreaks_BeginsAnew()
    {
        Registry.Options.MinimumChunk = 1;
        FailFirst(1, Kind("PATCH"), RegistryFault.FromStatus(502) with { LosesUploads = true });

        await WriteAsync(Content, known: false);

        Assert.Equal(2, Asked);
    }

    [Fact]
    public async Task Write_SessionIsLostForEver_Ends()
    {
        Registry.Options.MinimumChunk = 1;
        Registry.Options.Fault = (_, request) => request.Method == "PATCH" ? new RegistryFault("lost") { LosesUploads = true } : null;

        OciException error = await GetErrorAsync(() => WriteAsync(Small, known: false));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Equal(MostAttempts, Count("PATCH"));
    }

    [Theory]
    [InlineData(405)]
    [InlineData(404)]
    [InlineData(501)]
    public async Task Write_RegistryTakesNoChunks_SendsOnePieceAndRemembers(int status)
    {
        Registry.Options.MinimumChunk = 1;
        Registry.Options.RefusesChunks = status;

        await WriteAsync(Content, known: false);
        Assert.Equal(1, Count("PATCH"));

        await WriteAsync(Small, known: false);
        Assert.Equal(1, Count("PATCH"));
        Assert.Equal(2, Count("PUT"));
    }

    [Fact]
    public async Task Write_RegistryWantsChunksThatNoMemoryHolds_SendsOnePieceOutOfASpool()
    {
        Registry.Options.MinimumChunk = 200L * 1024 * 1024 * 1024;

        await WriteAsync(Content, known: false);
        await WriteAsync(Small, known: false);

        Assert.Equal(0, Count("PATCH"));
        Assert.Equal(2, Count("PUT"));
        Assert.Equal(0, Registry.OpenUploads);
    }
}
