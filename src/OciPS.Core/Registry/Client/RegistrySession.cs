// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Client;

/// <summary>Sends requests to a registry for one operation: retries transient failures and logs them.</summary>
internal sealed class RegistrySession(RegistryClient client, IOperationLog log, RetryBudget budget)
{
    public string Registry => client.Registry;

    /// <summary>Receives diagnostics.</summary>
    public IOperationLog Log => log;

    /// <inheritdoc cref="Registries.AddingReferrer"/>
    public SemaphoreSlim AddingReferrer => client.Registries.AddingReferrer;

    /// <inheritdoc cref="RegistryClient.Uploads"/>
    public UploadMode Uploads => client.Uploads;

    /// <summary>Retries transient failures.</summary>
    public RegistryRetry Retry { get; } = new(client.Registries.Policies, log, budget);

    /// <summary>The address of a path below <c>/v2/</c>.</summary>
    public Task<Uri> GetAddressAsync(string path, CancellationToken cancellationToken) =>
        Retry.RunAsync(token => client.GetAddressAsync(path, token).AsTask(), $"The search for '{Registry}'", cancellationToken);

    /// <summary>Sends a request to a path below <c>/v2/</c>, with retries.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below <c>/v2/</c>, with its query.</param>
    /// <param name="scopes">The scopes of the token.</param>
    /// <param name="prepare">Sets headers and content; called each time the request is sent.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(path, cancellationToken).ConfigureAwait(false);
        return await SendAsync(method, address, scopes, prepare, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Requests content that may not exist, from a registry that may respond with status 500 in that case.</summary>
    public async Task<HttpResponseMessage> AskAsync(
        string path, IReadOnlyList<string> scopes, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(path, cancellationToken).ConfigureAwait(false);
        return await client.SendAsync(
            Request(HttpMethod.Head, address, scopes, prepare) with { Retry = Retry, IsQuestion = true },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets a response and reads it; retries if it breaks off while it is read.</summary>
    /// <param name="address">The address.</param>
    /// <param name="scopes">The scopes of the token.</param>
    /// <param name="prepare">Sets headers; called each time the request is sent.</param>
    /// <param name="read">Reads the response.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<T> GetAsync<T>(
        Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        Retry.RunAsync(
            async token =>
            {
                using HttpResponseMessage response = await SendAsync(HttpMethod.Get, address, scopes, prepare, token).ConfigureAwait(false);
                return await read(response, token).ConfigureAwait(false);
            },
            $"GET {address.PlaceAndPath()}",
            cancellationToken);

    /// <inheritdoc cref="SendAsync(HttpMethod, string, IReadOnlyList{string}, Action{HttpRequestMessage}, CancellationToken)"/>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken) =>
        client.SendAsync(Request(method, address, scopes, prepare) with { Retry = Retry }, cancellationToken);

    /// <summary>Uploads in a more widely supported mode from now on.</summary>
    public void FallBack(UploadMode mode)
    {
        if (client.FallBack(mode))
        {
            log.Verbose(mode == UploadMode.Chunks
                ? $"'{Registry}' does not accept a new layer in one stream: layers are sent in chunks from now on."
                : $"'{Registry}' accepts no chunks: new layers are spooled in '{SpoolFile.Folder}' and sent whole from now on.");
        }
    }

    /// <summary>Sends a request once, without retries: its body may not be readable twice.</summary>
    public Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken) =>
        client.SendAsync(Request(method, address, scopes, prepare), cancellationToken);

    private RegistryRequest Request(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare) =>
        new(method, address, $"'{Registry}'", log) { Scopes = scopes, Prepare = prepare };
}
