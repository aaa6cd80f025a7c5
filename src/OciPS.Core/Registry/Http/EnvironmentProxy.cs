// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Http;

/// <summary>The proxy that the environment or the system names; this machine's own registries are reached without it, as in other registry tools.</summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException("The environment decides.");
    }

    public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => LocalAddress.IsLoopbackName(host.IdnHost) || HttpClient.DefaultProxy.IsBypassed(host);
}
