// SPDX-License-Identifier: MIT

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Http;

/// <summary>
/// The address of a registry: HTTPS; plain HTTP if the user allowed it, or on loopback if the server does not speak HTTPS.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class RegistryEndpoint(RegistryConnection connection, HttpConnections http)
{
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(5);

    // Registries on this machine come and go, and the next one at a port may use the other protocol.
    private static readonly TimeSpan s_trust = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private volatile Uri? _address;
    private long _lookedAt;
    private bool? _isLocal;

    private string Host => connection.Registry == "docker.io" ? "registry-1.docker.io" : connection.Registry;

    public static bool SameOrigin(Uri a, Uri b) =>
        string.Equals(a.GetLeftPart(UriPartial.Authority), b.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an address is the registry's.</summary>
    public async ValueTask<bool> IsOwnAsync(Uri address, CancellationToken cancellationToken) =>
        SameOrigin(address, await FindAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Whether the registry is on this machine or its local network, and was never reached elsewhere: what its name resolves to may change.
    /// </summary>
    public async ValueTask<bool> IsLocalAsync(CancellationToken cancellationToken)
    {
        string name = new Uri($"https://{Host}/").IdnHost;
        _isLocal ??= await LocalAddress.IsAsync(name, http.Network, cancellationToken).ConfigureAwait(false);
        return _isLocal.Value && !http.WasRemote(name);
    }

    public async ValueTask<Uri> FindAsync(CancellationToken cancellationToken)
    {
        var https = new Uri($"https://{Host}/");
        if (connection.PlainHttp || !IsLoopback(https))
        {
            return _address ??= connection.PlainHttp ? new Uri($"http://{Host}/") : https;
        }

        if (Trusted() is { } known)
        {
            return known;
        }

        // Concurrent callers wait: an earlier result may be outdated.
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Trusted() ?? await LookAsync(https, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _looking.Release();
        }
    }

    public static bool IsLoopback(Uri address) =>
        address.IdnHost == "localhost" || (IPAddress.TryParse(address.IdnHost, out IPAddress? ip) && IPAddress.IsLoopback(ip));

    private Uri? Trusted() => http.Timing.Clock.GetElapsedTime(Interlocked.Read(ref _lookedAt)) < s_trust ? _address : null;

    private async Task<Uri> LookAsync(Uri https, CancellationToken cancellationToken)
    {
        Uri address;
        try
        {
            // A failed or slow handshake says little, in particular on a busy machine, so it is repeated once.
            bool speaksTls = await SpeaksTlsAsync(https, cancellationToken).ConfigureAwait(false)
                ?? await SpeaksTlsAsync(https, cancellationToken).ConfigureAwait(false) ?? false;
            address = speaksTls ? https : new Uri($"http://{Host}/");
        }
        catch (RegistryException) when (_address is not null)
        {
            // The registry is restarting; the last address stays valid.
            address = _address;
        }

        _address = address;
        Interlocked.Exchange(ref _lookedAt, http.Timing.Clock.GetTimestamp());
        return address;
    }

    /// <summary>
    /// Tries a TLS handshake; null if it did not complete. Any certificate is accepted here: the request that follows decides about trust.
    /// </summary>
    [SuppressMessage(
        "Security", "CA5359:Do not disable certificate validation", Justification = "Nothing is sent; asks only whether TLS is spoken.")]
    private async Task<bool?> SpeaksTlsAsync(Uri address, CancellationToken cancellationToken)
    {
        using var probe = new CancellationTokenSource(s_probeTimeout, http.Timing.Clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, probe.Token);
        try
        {
            using var client = new TcpClient();
            // Without a port, a registry uses the HTTPS port, or the HTTP port if that is closed.
            await client.ConnectAsync(address.Host.Trim('[', ']'), address.Port, timeout.Token).ConfigureAwait(false);
            using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = address.Host }, timeout.Token).ConfigureAwait(false);
            return true;
        }
        catch (SocketException error) when (!address.IsDefaultPort)
        {
            throw new RegistryException(
                ErrorIds.RegistryUnreachable,
                $"'{connection.Registry}' cannot be reached: {error.Message}. Check that the registry runs and that the port is "
                    + "right.", 0, error)
            {
                IsTransient = true,
            };
        }
        catch (Exception error) when (error is AuthenticationException or SocketException)
        {
            return false;
        }
        catch (Exception error) when (
            error is IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
