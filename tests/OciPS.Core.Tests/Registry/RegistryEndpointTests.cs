// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;
using OciPS.Core.Tests.Support;
using OciPS.Registry.Connections;
using OciPS.Registry.Http;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>How it is found out what a registry on loopback speaks.</summary>
public sealed class RegistryEndpointTests
{
    [Theory]
    [InlineData(true, 0, "https")]
    [InlineData(true, 1, "https")]
    [InlineData(false, 0, "http")]
    [InlineData(false, 1, "http")]
    public async Task Find_HandshakesBreakOff_OneIsTriedAgain(bool hasTls, int refused, string expected)
    {
        using var authority = new TestAuthority();
        using X509Certificate2? certificate = hasTls ? authority.IssueServer("127.0.0.1") : null;
        await using RegistryServer server = await RegistryServer.StartAsync(certificate: certificate);
        using var relay = new TcpRelay(
            int.Parse(server.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), 10_000_000)
        { Refused = refused };

        Uri found =
            await new RegistryEndpoint(
                new RegistryConnection(relay.Host), TestSession.Current.Registries.Http).FindAsync(CancellationToken.None);

        Assert.Equal($"{expected}://{relay.Host}/", found.AbsoluteUri);
    }

    [Fact]
    public async Task Find_AnotherRegistryAtThePort_IsToldToAllWhoAskMeanwhile()
    {
        var clock = new TestClock();
        TestSession.Use(clock: clock);
        using var authority = new TestAuthority();
        RegistryServer plain = await RegistryServer.StartAsync();
        var endpoint = new RegistryEndpoint(new RegistryConnection(plain.Host), TestSession.Current.Registries.Http);
        Uri before = await endpoint.FindAsync(CancellationToken.None);
        await plain.DisposeAsync();
        await using RegistryServer secure = await RegistryServer.StartAsync(
            int.Parse(plain.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), authority.IssueServer("127.0.0.1"));
        clock.Advance(TimeSpan.FromMilliseconds(1100));

        Uri[] found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => endpoint.FindAsync(CancellationToken.None).AsTask()));

        Assert.Equal("http", before.Scheme);
        Assert.All(found, address => Assert.Equal("https", address.Scheme));
    }
}
