// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OciPS.TestRegistry;

/// <summary>A registry on loopback, over plain HTTP, in the test's own process.</summary>
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

    public RegistryOptions Options { get; } = new();

    /// <summary>The host and port, as references name it.</summary>
    public string Host { get; private set; } = string.Empty;

    /// <summary>What came in so far, in order.</summary>
    public IReadOnlyList<RegistryRequest> Requests => [.. _requests];

    public static async Task<RegistryServer> StartAsync(int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication application = builder.Build();
        var server = new RegistryServer(application);
        application.Run(server.HandleAsync);
        await application.StartAsync().ConfigureAwait(false);
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Host = new Uri(address).Authority;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(atOnce.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var seen = new RegistryRequest(
            request.Method,
            request.Path + request.QueryString,
            request.Headers.Authorization.ToString(),
            request.Headers.Accept.ToString(),
            request.Headers.Range.ToString() + request.Headers.ContentRange);
        _requests.Enqueue(seen);
        RegistryFault? fault = Options.Fault?.Invoke(Interlocked.Increment(ref _count), seen);
        if (fault is not null && await fault.BeginAsync(context, _endpoints).ConfigureAwait(false))
        {
            return;
        }

        await AnswerAsync(context).ConfigureAwait(false);
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
