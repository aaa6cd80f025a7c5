// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Download;
using OciPS.Registry.Resilience;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Downloads that break go on where they were.</summary>
public sealed class ResumeTests : FaultTestBase
{
    private static readonly byte[] s_content = RandomNumberGenerator.GetBytes(300_000);

    [Fact]
    public async Task Open_BrokenOff_GoesOnWithRange()
    {
        FailFirst(1, Kind("blob GET"), new RegistryFault("cut") { CutAt = 100_000 });

        Assert.Equal(s_content, await ReadAsync());

        Assert.Equal(["", "bytes=100000-"], Ranges());
    }

    [Fact]
    public async Task Open_BrokenOffTwice_GoesOnFromTheSecondBreak()
    {
        FailFirst(2, Kind("blob GET"), new RegistryFault("cut") { CutAt = 100_000 });

        Assert.Equal(s_content, await ReadAsync());

        Assert.Equal(["", "bytes=100000-", "bytes=200000-"], Ranges());
    }

    [Fact]
    public async Task Open_RegistryKnowsNoRanges_SkipsWhatItHas()
    {
        Registry.Options.KnowsNoRanges = true;
        FailFirst(1, Kind("blob GET"), new RegistryFault("cut") { CutAt = 100_000 });

        Assert.Equal(s_content, await ReadAsync());

        Assert.Equal(["", "bytes=100000-"], Ranges());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_BreaksAgainWithoutProgress_Ends(bool knowsNoRanges)
    {
        Registry.Options.KnowsNoRanges = knowsNoRanges;
        int number = 0;
        Registry.Options.Fault = (_, request) => !Kind("blob GET")(request) ? null
            : new RegistryFault("cut") { CutAt = Interlocked.Increment(ref number) == 1 || knowsNoRanges ? 50_000 : 0 };

        Assert.Equal("RegistryUnreachable", (await GetErrorAsync(ReadAsync)).ErrorId);

        Assert.Equal(MostAttempts, Count("GET"));
        Assert.All(Ranges().Skip(1), range => Assert.Equal("bytes=50000-", range));
    }

    [Fact]
    public async Task Open_RestHasWrongBytes_IsDigestMismatch()
    {
        int number = 0;
        Registry.Options.Fault = (_, request) => !Kind("blob GET")(request) ? null

            : Interlocked.Increment(ref number) == 1
            ? new RegistryFault("cut") { CutAt = 100_000 }
            : new RegistryFault("wrong") { WrongBytes = true };

        Assert.Equal("DigestMismatch", (await GetErrorAsync(ReadAsync)).ErrorId);
    }

    [Fact]
    public async Task Open_BlobIsGoneAtTheSecondAttempt_IsBlobNotFound()
    {
        int number = 0;
        Registry.Options.Fault = (_, request) => !Kind("blob GET")(request) ? null
            : Interlocked.Increment(ref number) == 1 ? new RegistryFault("cut") { CutAt = 100_000 } : RegistryFault.FromStatus(404);

        Assert.Equal("BlobNotFound", (await GetErrorAsync(ReadAsync)).ErrorId);
    }

    [Fact]
    public async Task Open_RedirectedAndBrokenOff_GoesOnThere()
    {
        await using RegistryServer storage = await RegistryServer.StartAsync();
        storage.Content.PutBlob("team/app", s_content);
        int left = 1;
        storage.Options.Fault = (_, _) => Interlocked.Decrement(ref left) >= 0 ? new RegistryFault("cut") { CutAt = 70_000 } : null;
        Registry.Options.RedirectBlobsTo = $"http://{storage.Host}";

        Assert.Equal(s_content, await ReadAsync());

        Assert.Equal(["", "bytes=70000-"], storage.Requests.Select(request => request.Range));
    }

    [Fact]
    public async Task Read_OnlyTheEndBreaks_IsAllThere()
    {
        int opened = 0;
        var retry = TestSession.Retry();
        using var stream = new ResumingStream(
            (offset, _) => Task.FromResult<Stream>(
                ++opened == 1 ? new BreakingStream(s_content) : new MemoryStream(s_content[(int)offset..])), retry, "it");
        await stream.BeginAsync(CancellationToken.None);
        using var all = new MemoryStream();

        await stream.CopyToAsync(all);

        Assert.Equal(s_content, all.ToArray());
        Assert.Equal(2, opened);
    }

    [Fact]
    public async Task Read_ComesOnByAByteATime_WaitsSomeTimesAndNoMore()
    {
        var log = new RecordingLog();
        using var stream = new ResumingStream(
            (_, _) => Task.FromResult<Stream>(new BreakingStream([1])),
            TestSession.Retry(log),
            "it");
        await stream.BeginAsync(CancellationToken.None);

        for (int count = 0; count < MostAttempts; count++)
        {
            Assert.Equal(1, await stream.ReadAsync(new byte[10]));
        }

        OciException error = await GetErrorAsync(() => stream.ReadExactlyAsync(new byte[10]).AsTask());

        Assert.False(((RegistryException)error).IsTransient);
        Assert.Equal(RegistryOptions.Attempts, log.Messages.Count(message => message.Contains("Trying again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Read_BreaksOftenButComesOn_IsWaitedForEachTime()
    {
        byte[] piece = Sample.Noise(70_000);
        using var stream = new ResumingStream(
            (_, _) => Task.FromResult<Stream>(new BreakingStream(piece)),
            TestSession.Retry(),
            "it");
        await stream.BeginAsync(CancellationToken.None);

        byte[] read = new byte[20 * piece.Length];
        await stream.ReadExactlyAsync(read);

        Assert.Equal(piece, read[^piece.Length..]);
    }

    private async Task<byte[]> ReadAsync()
    {
        Digest digest = Digest.FromBytes(s_content);
        Registry.Content.PutBlob("team/app", s_content);
        using RegistryStore store = Store();
        using Stream content = await store.OpenVerifiedAsync(
            new Descriptor("application/octet-stream", digest, s_content.Length), "It", CancellationToken.None);
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        return all.ToArray();
    }

    private IEnumerable<string> Ranges() => Registry.Requests.Where(Kind("blob GET")).Select(request => request.Range);

    /// <summary>Gives its content, then breaks.</summary>
    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            return count > 0 ? count : throw new RegistryException("RegistryUnreachable", "broken") { IsTransient = true };
        }
    }
}
