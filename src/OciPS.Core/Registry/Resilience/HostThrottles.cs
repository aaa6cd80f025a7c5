// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;

namespace OciPS.Registry.Resilience;

/// <summary>The throttles of a session: one per host for reads, and one per host for writes.</summary>
internal sealed class HostThrottles
{
    private readonly ConcurrentDictionary<(string Host, bool IsRead), HostThrottle> _throttles = [];

    /// <summary>
    /// The throttle for a request. Reads and writes are separate: a write may depend on a read, and a shared limit could deadlock.
    /// </summary>
    public HostThrottle For(HttpRequestMessage request) => _throttles.GetOrAdd(
        (request.RequestUri!.Authority, request.Method == HttpMethod.Get || request.Method == HttpMethod.Head),
        static _ => new HostThrottle());
}
