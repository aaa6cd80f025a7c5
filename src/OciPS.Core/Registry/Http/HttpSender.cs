// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net;
using System.Runtime.ExceptionServices;
using OciPS.Registry.Connections;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Http;

/// <summary>
/// Sends single requests to a registry and to where it sends us: each in its turn, not for ever, and with errors that say who did not
/// answer.
/// </summary>
internal sealed class HttpSender(RegistryConnection connection, RegistryEndpoint endpoint, HttpConnections http)
{
    /// <summary>How many bytes a request tells a registry to put away that were sent before.</summary>
    public static readonly HttpRequestOptionsKey<long> Committed = new("OciPS.Committed");

    private readonly Lazy<HttpClients> _transport = new(
        () => http.GetClients(
            connection.Tls.With(CertificateFolders.Read(connection.Registry)), connection.Registry), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Sends a request once and gives the answer, whose body is still to come.</summary>
    /// <param name="request">The request.</param>
    /// <param name="whom">Who is asked, for people.</param>
    /// <param name="log">Is told what was asked and answered.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, string whom, IOperationLog log, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            // Where it is offered: one connection then does for all transfers with a host.
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        HttpClient client = await ClientForAsync(request.RequestUri, cancellationToken).ConfigureAwait(false);
        HostThrottle throttle = http.Throttles.For(request);
        using IDisposable turn = await throttle.EnterAsync(cancellationToken).ConfigureAwait(false);
        using IdleTimer idle = StartTimer(request, cancellationToken);
        http.Timing.NoteAt(request);
        long begin = http.Timing.Clock.GetTimestamp();
        string outcome = "no answer";
        try
        {
            HttpResponseMessage response = await client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, idle.Token).ConfigureAwait(false);
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            throttle.Learn(response);
            return response;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(request, whom, idle.Waited, error);
        }
        catch (HttpRequestException error)
        {
            // A body that we were sending could not be had, or an address is none for us: that says more than the transfer that it broke.
            (request.Content as BlobContent)?.SourceError?.Throw();
            if (error.GetBaseException() is OciException cause)
            {
                ExceptionDispatchInfo.Throw(cause);
            }

            (string why, Remedy remedy) = Describe(error, request.RequestUri!);
            throw Unreachable(request, whom, why, error, TransientFaults.IsTransient(error), remedy);
        }
        finally
        {
            log.Debug(string.Create(
                CultureInfo.InvariantCulture,
                $"{request.Method} {request.RequestUri!.PlaceAndPath()}: {outcome} ({http.Timing.Clock.GetElapsedTime(begin).TotalMilliseconds:0} ms)"));
        }
    }

    private (string Why, Remedy Remedy) Describe(HttpRequestException error, Uri address)
    {
        bool isHttps = address.Scheme == Uri.UriSchemeHttps;
        if (isHttps && IsNoTls(error))
        {
            return IsRegistry(address)
                ? ("HTTPS is not spoken there, but something else, plain HTTP as it seems.", Remedy.AllowPlainHttp)
                : ("HTTPS is not spoken there, but something else.", Remedy.None);
        }

        return error.HttpRequestError == HttpRequestError.SecureConnectionError
            ? (error.GetBaseException().Message, Remedy.TrustAuthority)
            : isHttps && EndedByServer(error) is { } ended
            ? (ended.Message, Remedy.GiveClientCertificate)
            : (error.GetBaseException().Message, Remedy.None);
    }

    private bool IsRegistry(Uri address) => string.Equals(address.Authority, connection.Registry, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether what came in place of a TLS handshake was none: SslStream has no code for that, only this text.</summary>
    private static bool IsNoTls(HttpRequestException error) =>
        error is { HttpRequestError: HttpRequestError.SecureConnectionError }
            && error.GetBaseException().Message.Contains("determine the frame size", StringComparison.OrdinalIgnoreCase);

    // A server that misses our certificate ends the connection after the handshake: what is seen of that depends on what was under way.
    private static Exception? EndedByServer(HttpRequestException error)
    {
        for (Exception? cause = error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException or HttpProtocolException or ObjectDisposedException)
            {
                return cause is ObjectDisposedException ? error : cause;
            }
        }

        return null;
    }

    private RegistryException Silent(HttpRequestMessage request, string whom, TimeSpan waited, Exception error)
    {
        RegistryException silent = Unreachable(
            request, whom, string.Create(
                CultureInfo.InvariantCulture,
                $"no answer to {request.Method} within {waited.TotalSeconds:0} seconds"), error, isTransient: true);
        silent.Silence = RetryBudget.GetSilence(http.Timing.Clock, waited);
        return silent;
    }

    private RegistryException Unreachable(
        HttpRequestMessage request, string whom, string why, Exception error, bool isTransient, Remedy remedy = Remedy.None) => new(
            ErrorIds.RegistryUnreachable, $"{whom} cannot be reached at '{request.RequestUri!.Place()}': {why}", 0, error)
        {
            IsTransient = isTransient,
            Remedy = remedy,
            RemedySubject = connection.Registry,
        };

    private IdleTimer StartTimer(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var idle = new IdleTimer(http.Timing, cancellationToken);
        if (request.Content is BlobContent blob)
        {
            blob.Idle = idle;
            blob.IsCommitted |= request.Method == HttpMethod.Put;
        }

        idle.AwaitCommit(request.Options.TryGetValue(Committed, out long bytes) ? bytes : 0);

        return idle;
    }

    /// <summary>The connections for an address; what a registry elsewhere names is never on this machine or next to it.</summary>
    private async ValueTask<HttpClient> ClientForAsync(Uri target, CancellationToken cancellationToken)
    {
        HttpClients transport = _transport.Value;
        if (await endpoint.IsOwnAsync(target, cancellationToken).ConfigureAwait(false)
            || await endpoint.IsLocalAsync(cancellationToken).ConfigureAwait(false))
        {
            return transport.Own;
        }

        bool isLocal = LocalAddress.IsLoopbackName(target.IdnHost)
            || (IPAddress.TryParse(target.IdnHost, out IPAddress? address) && LocalAddress.Is(address));
        return isLocal ? throw SsrfGuard.Refused(target.Host, null) : transport.Elsewhere;
    }
}
