// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Http;

/// <summary>Resolves host names and connects to addresses.</summary>
internal interface INetwork
{
    /// <summary>The addresses of a host.</summary>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>Connects to an address.</summary>
    Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken);
}
