// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Sockets;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Resilience;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>A registry that falls silent is not waited for without end; one that is slow is.</summary>
public sealed class IdleTests : FaultTestBase
{
    private static readonly byte[] s_content = Sample.Noise(20_000);
    private static readonly RegistryOptions s_options = TestSession.ShortWaits with { IdleTimeout = TimeSpan.FromMilliseconds(1500) };

    private readonly TestClock _clock = new();

    public IdleTests() => TestSession.Use(s_options, _clock);

    [Theory]
    [InlineData("manifest GET")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("blob PUT")]
    [InlineData("manifest PUT")]
    public async Task Remove_NoAnswerOnce_IsAskedAgain(string kind)
    {
        RegistryImage.Push(Registry, "team/app");
        FailFirst(1, Kind(kind), new RegistryFault("silent") { Wait = _clock.PassAsync, Delay = TimeSpan.FromSeconds(30), Resets = true });

        await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1").WaitAsync(s_options.IdleTimeout + TimeSpan.FromSeconds(15));

        Assert.Equal(["app/run"], await ListAsync($"{Host}/clean/app:1"));
    }

    [Fact]
    public async Task Resolve_NeverAnAnswer_EndsAsUnreachable()
    {
        Registry.Options.Fault = (_, _) => new RegistryFault("silent") { Wait = _clock.PassAsync, Delay = TimeSpan.FromSeconds(60) };

        OciException error = await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1").WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Equal(MostAttempts, Count("GET"));
    }

    [Fact]
    public async Task Open_FallsSilentInTheMiddle_GoesOnWithRange()
    {
        FailFirst(1, Kind("blob GET"), new RegistryFault("silent") { Wait = _clock.PassAsync, Pause = TimeSpan.FromSeconds(5) });

        Assert.Equal(s_content, await ReadAsync());

        Assert.Equal(2, Count(Kind("blob GET")));
    }

    [Fact]
    public async Task Open_SlowForLongerThanTheTimeout_IsWaitedFor()
    {
        // No pause is near the timeout, and all of them together are longer.
        TimeSpan timeout = TimeSpan.FromMilliseconds(2500);
        TestSession.Use(s_options with { IdleTimeout = timeout }, _clock);
        FailFirst(1, Kind("blob GET"), new RegistryFault("slow") { Wait = _clock.PassAsync, Pause = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(s_content, await ReadAsync());

        Assert.True(_clock.Passed > timeout);
        Assert.Equal(1, Count(Kind("blob GET")));
    }

    [Fact]
    public async Task Write_SourceIsSlow_IsNotTheRegistrysFault()
    {
        using RegistryStore store = Store();
        var source = new BlobSource(
            async (output, token) =>
            {
                await _clock.PassAsync(TimeSpan.FromSeconds(2), token);
                await output.WriteAsync(s_content, token);
            },
            new Descriptor("", Digest.FromBytes(s_content), s_content.Length));

        await store.WriteBlobAsync(source, CancellationToken.None);

        Assert.Equal(1, Count("PUT"));
    }

    [Theory]
    [InlineData("manifest PUT")]
    [InlineData("blob PUT")]
    public async Task Copy_PutIsSwallowedAndNeverAnswered_EndsWithinTheBudget(string kind)
    {
        // A silence of a second and a half each; the budget is for less than two of them, however many attempts there are.
        TestSession.Use(s_options with { Budget = TimeSpan.FromSeconds(2) }, _clock);
        RegistryImage.Push(Registry, "team/app");
        Registry.Options.Fault = (_, request) => Kind(kind)(request)
            ? new RegistryFault("silent") { Wait = _clock.PassAsync, Delay = TimeSpan.FromSeconds(60) }
            : request.Path.Contains("mount=", StringComparison.Ordinal) ? RegistryFault.FromStatus(405) : null;
        OciException error = await GetErrorAsync(
            () => TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1").WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal("RegistryUnreachable", error.ErrorId);
        Assert.Contains("PUT", error.Message, StringComparison.Ordinal);
        // One manifest, or three blobs at once.
        Assert.InRange(Count(Kind(kind)), 1, kind == "manifest PUT" ? 2 : 2 * 3);
        Assert.InRange(_clock.Passed, s_options.IdleTimeout, TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Put_StoredAndNeverAnswered_IsSeen()
    {
        Registry.Options.Fault = (_, request) => request.Method == "PUT"
            ? new RegistryFault("silent") { Wait = _clock.PassAsync, PauseAnswer = TimeSpan.FromSeconds(60) }
            : null;
        TestSession.Use(s_options with { Budget = TimeSpan.FromSeconds(1) }, _clock);
        using RegistryStore store = Store();
        byte[] manifest = """{"schemaVersion":2,"manifests":[]}"""u8.ToArray();

        await store.PutManifestAsync(
            new ManifestContent("application/vnd.oci.image.index.v1+json", manifest, Digest.FromBytes(manifest)),
            "1",
            CancellationToken.None);

        Assert.Equal(1, Count("PUT"));
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(1_000_000, 60)]
    [InlineData(10L * 1024 * 1024 * 1024, 700)]
    public void CommitTimeout_OfABlob_GrowsWithItsSize(long bytes, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), new RegistryOptions { IdleTimeout = TimeSpan.FromSeconds(60) }.CommitTimeout(bytes));

    [Fact]
    public async Task Resolve_RefusalWithoutEnd_Ends()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        Task serving = ServeAsync(listener, stop.Token);

        OciException error = await GetErrorAsync(
            () => ResolveAsync($"{listener.LocalEndpoint}/team/app:1").WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal("RegistryError", error.ErrorId);
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => serving);
    }

    /// <summary>Says 500 and that a body follows, which never does.</summary>
    private async Task ServeAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var open = new List<TcpClient>();
        while (true)
        {
            TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
            open.Add(client);
            byte[] start = new byte[1];
            await client.GetStream().ReadExactlyAsync(start, cancellationToken);
            if (start[0] != 'G')
            {
                client.Dispose();
                continue;
            }

            await client.GetStream().WriteAsync("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\n"u8.ToArray(), cancellationToken);
            while (!listener.Pending())
            {
                await _clock.PassAsync(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
    }

    private async Task<byte[]> ReadAsync()
    {
        Registry.Content.PutBlob("team/app", s_content);
        using RegistryStore store = Store();
        using Stream content = await store.OpenVerifiedAsync(
            new Descriptor("", Digest.FromBytes(s_content), s_content.Length), "It", CancellationToken.None);
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        return all.ToArray();
    }
}
