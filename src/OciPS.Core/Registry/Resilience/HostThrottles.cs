// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;

namespace OciPS.Registry.Resilience;

/// <summary>The throttles of a session, one for each host that reads go to and one for each that writes go to.</summary>
internal sealed class HostThrottles
{
    private readonly ConcurrentDictionary<(string Host, bool IsRead), HostThrottle> _throttles = [];

    /// <summary>
    /// The throttle for a request. Reads and writes are apart: a write may have to read before it can go on, and the two would wait for
    /// each other.
    /// </summary>
    public HostThrottle For(HttpRequestMessage request) => _throttles.GetOrAdd(
        (request.RequestUri!.Authority, request.Method == HttpMethod.Get || request.Method == HttpMethod.Head),
        static _ => new HostThrottle());
}
