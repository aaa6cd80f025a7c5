// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>A registry that says how long it wants to be left alone is left alone so long.</summary>
public sealed class RetryAfterTests : FaultTestBase
{
    private static readonly byte[] s_content = Sample.Noise(1000);

    private readonly TestClock _clock = new();

    public RetryAfterTests() => TestSession.Use(clock: _clock);

    [Theory]
    [InlineData("manifest GET", 429)]
    [InlineData("manifest GET", 503)]
    [InlineData("PATCH", 429)]
    [InlineData("blob PUT", 429)]
    public async Task Send_Seconds_AreWaited(string kind, int status)
    {
        FailFirst(1, Kind(kind), RegistryFault.FromStatus(status) with { RetryAfter = "1" });

        Assert.InRange(await TimeAsync(kind), TimeSpan.FromMilliseconds(950), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Send_Date_IsWaitedFor()
    {
        DateTimeOffset date = _clock.GetUtcNow().AddSeconds(3);
        FailFirst(
            1, Kind("manifest GET"), RegistryFault.FromStatus(503) with { RetryAfter = date.ToString("R", CultureInfo.InvariantCulture) });

        await TimeAsync("manifest GET");

        // The header knows no parts of seconds.
        Assert.InRange(_clock.GetUtcNow(), date.AddSeconds(-1.1), date.AddSeconds(10));
    }

    [Theory]
    [InlineData("manifest GET")]
    [InlineData("PATCH")]
    [InlineData("blob PUT")]
    public async Task Send_LongerThanThereIsTime_EndsAtOnce(string kind)
    {
        FailFirst(100, Kind(kind), RegistryFault.FromStatus(429) with { RetryAfter = "3600" });

        Assert.Equal("TooManyRequests", (await GetErrorAsync(() => TimeAsync(kind))).ErrorId);

        Assert.Equal(1, Count(Kind(kind)));
        Assert.True(_clock.Passed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Send_DateThatIsOver_IsTriedAgainSoon()
    {
        FailFirst(1, Kind("manifest GET"), RegistryFault.FromStatus(503) with { RetryAfter = "Mon, 01 Jan 2001 00:00:00 GMT" });

        Assert.True(await TimeAsync("manifest GET") < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Ask_TokenServiceSaysSeconds_TheyAreWaited()
    {
        AllowCredentials();
        Registry.Options.Bearer = ("", "");
        FailFirst(
            1,
            request => request.Path.StartsWith("/token", StringComparison.Ordinal),
            RegistryFault.FromStatus(429) with { RetryAfter = "1" });

        Assert.InRange(await TimeAsync("manifest GET"), TimeSpan.FromMilliseconds(950), TimeSpan.FromSeconds(10));
    }

    /// <summary>How long a piece of work takes that sends such a request.</summary>
    private async Task<TimeSpan> TimeAsync(string kind)
    {
        RegistryImage.Push(Registry, "team/app");
        using RegistryStore store = Store();
        TimeSpan before = _clock.Passed;
        if (kind == "manifest GET")
        {
            await ResolveAsync($"{Host}/team/app:1");
        }
        else
        {
            await store.WriteBlobAsync(
                new BlobSource(
                    async (output, token) => await output.WriteAsync(s_content, token),
                    kind == "PATCH" ? null : new Descriptor("", Digest.FromBytes(s_content), s_content.Length)),
                CancellationToken.None);
        }

        return _clock.Passed - before;
    }
}
