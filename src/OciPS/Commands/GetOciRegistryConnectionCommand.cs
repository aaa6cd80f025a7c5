// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;
using OciPS.Registry.Connections;

namespace OciPS.Commands;

/// <summary>Gets the connections that Connect-OciRegistry made in this process.</summary>
/// <remarks>
/// <para>
/// It sends no request. Credentials that other tools keep, in Docker's config.json for instance, are used without being listed here.
/// </para>
/// <para>
/// Connections hold for the process: ForEach-Object -Parallel and Start-ThreadJob see the same ones. The output holds no secret.
/// </para>
/// </remarks>
/// <example>
/// <code>Get-OciRegistryConnection</code>
/// <para>Lists all connections.</para>
/// </example>
/// <example>
/// <code>Get-OciRegistryConnection | Where-Object PlainHttp | Disconnect-OciRegistry</code>
/// <para>Ends those over plain HTTP.</para>
/// </example>
/// <seealso cref="ConnectOciRegistryCommand"/>
/// <seealso cref="DisconnectOciRegistryCommand"/>
[Cmdlet(VerbsCommon.Get, "OciRegistryConnection")]
[OutputType(typeof(OciRegistryConnection))]
public sealed class GetOciRegistryConnectionCommand : PSCmdlet
{
    /// <summary>The registries, with PowerShell's wildcards. One without wildcards that is not connected is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    public string[] Registry { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IReadOnlyList<RegistryConnection> connections = ModuleSession.Current.Registries.Connections;
        foreach (string registry in Registry)
        {
            var pattern = new WildcardPattern(registry, WildcardOptions.IgnoreCase);
            RegistryConnection[] found = [.. connections.Where(connection => pattern.IsMatch(connection.Registry))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(registry))
            {
                var error = new ContentNotFoundException(
                    ErrorIds.ConnectionNotFound, $"This process has no connection to '{registry}'. Connect-OciRegistry makes one.");
                WriteError(ErrorRecords.Create(error, registry));
            }

            foreach (RegistryConnection connection in found)
            {
                WriteObject(new OciRegistryConnection(connection));
            }
        }
    }
}
