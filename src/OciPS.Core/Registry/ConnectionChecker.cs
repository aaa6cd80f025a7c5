// SPDX-License-Identifier: MIT

using OciPS.Registry.Auth;
using OciPS.Registry.Client;
using OciPS.Registry.Connections;

namespace OciPS.Registry;

/// <summary>Checks that a registry accepts a connection.</summary>
/// <remarks>Distribution specification, "Determining Support".</remarks>
internal static class ConnectionChecker
{
    /// <exception cref="RegistryException">The registry refuses the connection, or cannot be reached.</exception>
    public static async Task CheckAsync(
        RegistryConnection connection, Registries registries, IOperationLog log, CancellationToken cancellationToken)
    {
        var client = new RegistryClient(connection, registries);
        var session = new RegistrySession(client, log, registries.NewBudget());
        await AskAsync(session, cancellationToken).ConfigureAwait(false);
        if (await client.OfferCredentialAsync(cancellationToken).ConfigureAwait(false))
        {
            // A registry that allows anonymous requests here still rejects a wrong password.
            await AskAsync(session, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The user name at the registry; empty if anonymous.</summary>
    public static async Task<string> GetUserAsync(RegistryConnection connection, CancellationToken cancellationToken) =>
        (connection.Credential ?? await CredentialFinder.FindAsync(
            connection.Registry, string.Empty, cancellationToken).ConfigureAwait(false))?.UserName ?? string.Empty;

    private static async Task AskAsync(RegistrySession session, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await session.SendAsync(
            HttpMethod.Get, string.Empty, [], null, cancellationToken).ConfigureAwait(false);
        await RegistryErrors.EnsureSuccessAsync(response, "let us in", cancellationToken).ConfigureAwait(false);
    }
}
