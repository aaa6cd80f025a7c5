// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using OciPS.Registry.Resilience;

namespace OciPS.Registry;

/// <summary>Speaks HTTP with one registry: finds its address, proves who we are, follows redirects.</summary>
internal sealed class RegistryClient
{
    private const int MaximumRedirects = 10;

    private static readonly ConcurrentDictionary<string, RegistryClient> s_clients = new(StringComparer.OrdinalIgnoreCase);
    private static readonly HttpClient s_http = CreateHttpClient();

    private readonly RegistryEndpoint _endpoint;
    private readonly RegistryAuthenticator _authenticator;
    private readonly HostThrottle _throttle = new();
    private readonly AsyncLocal<bool> _isSending = new();

    private RegistryClient(string registry)
    {
        Registry = registry;
        _endpoint = new RegistryEndpoint(registry);
        _authenticator = new RegistryAuthenticator(registry, s_http);
    }

    /// <summary>Whether the registry takes uploads in chunks; taken for granted until it refuses one.</summary>
    public bool TakesChunks { get; set; } = true;

    /// <summary>The registry's host as references name it.</summary>
    public string Registry { get; }

    /// <summary>The client for a registry; one for the process, so that tokens and connections are shared.</summary>
    public static RegistryClient For(string registry) => s_clients.GetOrAdd(registry, static name => new RegistryClient(name));

    /// <summary>Sends a request, with what the registry asks for to know us.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">Where to; if that is elsewhere, our credential does not come along.</param>
    /// <param name="scopes">What a token has to allow.</param>
    /// <param name="prepare">Sets headers and content; called again when the request has to be sent again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        // A registry may send us elsewhere with an upload; our credential does not come along.
        bool isOurs = SameOrigin(address, await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false));
        AuthenticationHeaderValue? authorization = isOurs ? _authenticator.Cached(scopes) : null;
        HttpResponseMessage response = await SendOnceAsync(method, address, authorization, prepare, cancellationToken).ConfigureAwait(false);
        if (isOurs && response.StatusCode == HttpStatusCode.Unauthorized
            && await _authenticator.AnswerAsync(response, scopes, authorization, cancellationToken).ConfigureAwait(false) is { } answer)
        {
            response.Dispose();
            response = await SendOnceAsync(method, address, answer, prepare, cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    /// <summary>The address of a path below <c>/v2/</c>.</summary>
    public async ValueTask<Uri> AddressOfAsync(string path, CancellationToken cancellationToken) =>
        new(await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false), "/v2/" + path);

    /// <summary>A registry may answer with an address of its own, relative or absolute.</summary>
    public static Uri? LocationOf(HttpResponseMessage response) => response.Headers.Location is { } location
        ? new Uri(response.RequestMessage!.RequestUri!, location)
        : null;

    private static HttpClient CreateHttpClient()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        string version = typeof(RegistryClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("OciPS", version));
        return client;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, Uri address, AuthenticationHeaderValue? authorization, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        Uri current = address;
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, current);
            prepare?.Invoke(request);
            request.Headers.Authorization = SameOrigin(current, address) ? authorization : null;
            HttpResponseMessage response = await TransferAsync(request, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response, method) || LocationOf(response) is not { } next)
            {
                return response;
            }

            response.Dispose();
            if (redirects == MaximumRedirects || (current.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
            {
                throw new RegistryException(
                    ErrorIds.RegistryError,
                    redirects == MaximumRedirects
                        ? $"'{Registry}' redirects in a circle."
                        : $"'{Registry}' redirects from HTTPS to '{next.Scheme}://{next.Host}', which is not followed.");
            }

            current = next;
        }
    }

    private async Task<HttpResponseMessage> TransferAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // An upload may read from the same registry what it sends: it would wait for its own turn to end.
        using IDisposable? turn = _isSending.Value ? null : await _throttle.EnterAsync(cancellationToken).ConfigureAwait(false);
        _isSending.Value = true;
        using var idle = new IdleTimer(cancellationToken);
        if (request.Content is BlobContent blob)
        {
            blob.Idle = idle;
            blob.IsCommitted = request.Method == HttpMethod.Put;
            idle.Start();
        }
        else if (request.Method == HttpMethod.Put)
        {
            idle.AwaitCommit();
        }
        else
        {
            idle.Start();
        }

        try
        {
            HttpResponseMessage response = await s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, idle.Token).ConfigureAwait(false);
            Learn(response);
            return response;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(request, "no answer within the time that it is given", error, isTransient: true);
        }
        catch (HttpRequestException error) when (error.GetBaseException() is not OciException)
        {
            throw Unreachable(request, error.GetBaseException().Message, error, TransientFaults.IsTransient(error));
        }
        catch (HttpRequestException error)
        {
            // A body that we were sending was wrong; that says more than the transfer that it broke.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.GetBaseException());
            throw;
        }
    }

    private void Learn(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            _throttle.SlowDown();
        }
        else if (response.IsSuccessStatusCode)
        {
            _throttle.SpeedUp();
        }
    }

    private RegistryException Unreachable(HttpRequestMessage request, string why, Exception error, bool isTransient) => new(
        ErrorIds.RegistryUnreachable, $"'{Registry}' cannot be reached at '{request.RequestUri!.GetLeftPart(UriPartial.Authority)}': {why}", 0, error)
    {
        IsTransient = isTransient,
    };

    private static bool IsRedirect(HttpResponseMessage response, HttpMethod method) =>
        (method == HttpMethod.Get || method == HttpMethod.Head)
        && response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool SameOrigin(Uri a, Uri b) =>
        string.Equals(a.GetLeftPart(UriPartial.Authority), b.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
