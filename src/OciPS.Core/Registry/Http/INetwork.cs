// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Http;

/// <summary>How names become addresses, and addresses connections.</summary>
internal interface INetwork
{
    /// <summary>The addresses of a host.</summary>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>Connects to an address.</summary>
    Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken);
}
