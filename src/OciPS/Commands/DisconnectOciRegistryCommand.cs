// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Registry.Connections;

namespace OciPS.Commands;

/// <summary>Removes the connection that Connect-OciRegistry made.</summary>
/// <remarks>
/// <para>
/// The credential and all tokens obtained with it are removed; from now on, the registry is used as if Connect-OciRegistry had never been
/// called. Running commands keep using the connection until they end.
/// </para>
/// <para>At the registry nothing changes: a token that it issued stays valid until it expires.</para>
/// </remarks>
/// <example>
/// <code>Disconnect-OciRegistry registry.example.com</code>
/// <para>Forgets one registry, connected or not.</para>
/// </example>
/// <example>
/// <code>Disconnect-OciRegistry *</code>
/// <para>Forgets all of them.</para>
/// </example>
/// <example>
/// <code>
/// $connection = Connect-OciRegistry registry.example.com
/// try { Get-OciTag "$connection/team/app" } finally { $connection | Disconnect-OciRegistry }
/// </code>
/// <para>Connects for one operation only.</para>
/// </example>
/// <seealso cref="ConnectOciRegistryCommand"/>
/// <seealso cref="GetOciRegistryConnectionCommand"/>
[Cmdlet(VerbsCommunications.Disconnect, "OciRegistry", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
public sealed class DisconnectOciRegistryCommand : AsyncCmdlet
{
    /// <summary>The registries, with PowerShell's wildcards. One that is not connected is no error.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    public string[] Registry { get; set; } = [];

    private protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        foreach (string registry in Registry)
        {
            await ForItemAsync(registry, () => DisconnectAsync(registry, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DisconnectAsync(string registry, CancellationToken cancellationToken)
    {
        foreach (string host in Find(registry))
        {
            if (await InvokeAsync(() => ShouldProcess(host, "Disconnect"), cancellationToken).ConfigureAwait(false))
            {
                ModuleSession.Current.Registries.Disconnect(host);
            }
        }
    }

    private static IReadOnlyList<string> Find(string registry)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(registry))
        {
            return [RegistryHost.Parse(registry)];
        }

        var pattern = new WildcardPattern(registry, WildcardOptions.IgnoreCase);
        return [.. ModuleSession.Current.Registries.Connections.Select(connection => connection.Registry).Where(pattern.IsMatch)];
    }
}
