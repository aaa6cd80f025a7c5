// SPDX-License-Identifier: MIT

using System.Net;

namespace OciPS.Registry.Http;

/// <summary>
/// The proxy of the environment or the system. Registries on this machine are reached directly, as in other registry tools.
/// </summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException("The environment decides.");
    }

    // Without user name and password, which .NET would show in its errors; it takes them from the credentials.
    public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination) is { } proxy
        ? new UriBuilder(proxy) { UserName = string.Empty, Password = string.Empty }.Uri
        : null;

    public bool IsBypassed(Uri host) => LocalAddress.IsLoopbackName(host.IdnHost) || HttpClient.DefaultProxy.IsBypassed(host);
}
