// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Client;

/// <summary>Speaks with a registry for one operation: retries transient failures, and logs them.</summary>
internal sealed class RegistrySession(RegistryClient client, IOperationLog log, RetryBudget budget)
{
    public string Registry => client.Registry;

    /// <summary>Receives what people should know of the registry.</summary>
    public IOperationLog Log => log;

    /// <inheritdoc cref="Registries.AddingReferrer"/>
    public SemaphoreSlim AddingReferrer => client.Registries.AddingReferrer;

    /// <inheritdoc cref="RegistryClient.Uploads"/>
    public UploadMode Uploads => client.Uploads;

    /// <summary>Repeats what may end better.</summary>
    public RegistryRetry Retry { get; } = new(client.Registries.Policies, log, budget);

    /// <summary>The address of a path below <c>/v2/</c>.</summary>
    public Task<Uri> GetAddressAsync(string path, CancellationToken cancellationToken) =>
        Retry.RunAsync(token => client.GetAddressAsync(path, token).AsTask(), $"The search for '{Registry}'", cancellationToken);

    /// <summary>Sends a request to a path below <c>/v2/</c>, and again where that may help.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below <c>/v2/</c>, with its query.</param>
    /// <param name="scopes">What a token has to allow.</param>
    /// <param name="prepare">Sets headers and content; called each time the request is sent.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(path, cancellationToken).ConfigureAwait(false);
        return await SendAsync(method, address, scopes, prepare, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks whether something is there, of a registry that may answer status 500 where it is not.</summary>
    public async Task<HttpResponseMessage> AskAsync(
        string path, IReadOnlyList<string> scopes, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken)
    {
        Uri address = await GetAddressAsync(path, cancellationToken).ConfigureAwait(false);
        return await client.SendAsync(
            Request(HttpMethod.Head, address, scopes, prepare) with { Retry = Retry, IsQuestion = true },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets an answer and reads it; asks again where it breaks off while it is read.</summary>
    /// <param name="address">Where from.</param>
    /// <param name="scopes">What a token has to allow.</param>
    /// <param name="prepare">Sets headers; called each time the request is sent.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Ends it.</param>
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

    /// <summary>Sends blobs in another way from now on, which the registry is more likely to take.</summary>
    public void FallBack(UploadMode mode)
    {
        if (client.FallBack(mode))
        {
            log.Verbose(mode == UploadMode.Chunks
                ? $"'{Registry}' does not accept a new layer in one stream: layers are sent in chunks from now on."
                : $"'{Registry}' accepts no chunks: new layers are spooled in '{SpoolFile.Folder}' and sent whole from now on.");
        }
    }

    /// <summary>Sends a request once: what its body is read from decides whether it can be sent again.</summary>
    public Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken) =>
        client.SendAsync(Request(method, address, scopes, prepare), cancellationToken);

    private RegistryRequest Request(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare) =>
        new(method, address, $"'{Registry}'", log) { Scopes = scopes, Prepare = prepare };
}
