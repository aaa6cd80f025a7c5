// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;
using OciPS.Core.Tests.Support;
using OciPS.Registry;
using OciPS.Registry.Connections;
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
        using var relay = new TcpRelay(int.Parse(server.Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), 10_000_000) { Refused = refused };

        Uri found = await new RegistryEndpoint(new RegistryConnection(relay.Host)).FindAsync(CancellationToken.None);

        Assert.Equal($"{expected}://{relay.Host}/", found.AbsoluteUri);
    }
}
