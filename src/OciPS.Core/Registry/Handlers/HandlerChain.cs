// SPDX-License-Identifier: MIT

using OciPS.Registry.Connections;
using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Builds the chain of request handlers.</summary>
internal static class HandlerChain
{
    /// <summary>
    /// The handlers below redirects and authentication, from the outside in: guard, throttle, log, fault, timeout, connection.
    /// </summary>
    public static HttpMessageHandler CreateTransport(RegistryConnection connection, RegistryEndpoint endpoint, HttpConnections http)
    {
        var faults = new FaultTexts(connection.Registry);
        HttpMessageHandler chain = new ConnectionHandler(connection, http);
        chain = new TimeoutHandler(http.Timing, faults, chain);
        chain = new FaultHandler(faults, chain);
        chain = new LogHandler(http.Timing.Clock, chain);
        chain = new ThrottleHandler(http.Throttles, chain);
        return new GuardHandler(endpoint, chain);
    }
}
