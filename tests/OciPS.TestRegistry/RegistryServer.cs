// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace OciPS.TestRegistry;

/// <summary>A registry on loopback in the test's own process.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<RegistryRequest> _requests = new();
    private readonly RegistryEndpoints _endpoints;
    private readonly RegistryAccess _access;
    private int _count;

    private RegistryServer(WebApplication application)
    {
        _application = application;
        _endpoints = new RegistryEndpoints(Content, Options);
        _access = new RegistryAccess(Options);
    }

    public RegistryContent Content { get; } = new();

    public RegistryServerOptions Options { get; } = new();

    /// <summary>The host and port, as references name it.</summary>
    public string Host { get; private set; } = string.Empty;

    /// <summary>How many uploads were begun and not ended.</summary>
    public int OpenUploads => _endpoints.OpenUploads;

    /// <summary>What came in so far, in order.</summary>
    public IReadOnlyList<RegistryRequest> Requests => [.. _requests];

    /// <param name="port">The port; 0 for any.</param>
    /// <param name="certificate">The server's certificate with its key; without one it speaks plain HTTP.</param>
    /// <param name="authority">Who has to have issued the clients' certificates; null if they need none.</param>
    public static async Task<RegistryServer> StartAsync(
        int port = 0, X509Certificate2? certificate = null, X509Certificate2? authority = null)
    {
        while (true)
        {
            try
            {
                return await StartAtAsync(port == 0 ? TestPorts.Take() : port, certificate, authority).ConfigureAwait(false);
            }
            catch (IOException) when (port == 0)
            {
                // Another process took it in between.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(atOnce.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<RegistryServer> StartAtAsync(int port, X509Certificate2? certificate, X509Certificate2? authority)
    {
        // Without settings files, which would be watched for each of some thousand servers.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (certificate is not null)
                {
                    listen.UseHttps(https => Secure(https, certificate, authority));
                }
            });
        });
        WebApplication application = builder.Build();
        var server = new RegistryServer(application);
        application.Run(server.HandleAsync);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Host = new Uri(address).Authority;
        return server;
    }

    private static void Secure(HttpsConnectionAdapterOptions https, X509Certificate2 certificate, X509Certificate2? authority)
    {
        https.ServerCertificate = certificate;
        if (authority is not null)
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => client.Issuer == authority.Subject;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var seen = new RegistryRequest(
            request.Method,
            request.Path + request.QueryString,
            request.Headers.Authorization.ToString(),
            request.Headers.Accept.ToString(),
            request.Headers.Range.ToString() + request.Headers.ContentRange)
        {
            Protocol = request.Protocol,
        };
        _requests.Enqueue(seen);
        RegistryFault? fault = Options.Fault?.Invoke(Interlocked.Increment(ref _count), seen);
        if (fault is not null && await fault.BeginAsync(context, _endpoints, _access).ConfigureAwait(false))
        {
            return;
        }

        await AnswerAsync(context).ConfigureAwait(false);
        if (fault is not null)
        {
            await fault.WaitAsync(fault.PauseAnswer, context.RequestAborted).ConfigureAwait(false);
        }

        if (fault is { LosesAnswer: true })
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Options.Intercept is { } intercept && await intercept(context).ConfigureAwait(false))
        {
            return;
        }

        if (!await _access.TryAnswerAsync(context).ConfigureAwait(false))
        {
            await _endpoints.HandleAsync(context).ConfigureAwait(false);
        }
    }
}
