// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Internal;

namespace OciPS.Tests.Support;

/// <summary>Ends the pipeline after its first item as <c>Select-Object -First 1</c> does, which the bare engine does not have.</summary>
[Cmdlet(VerbsCommon.Select, "FirstItem")]
public sealed class SelectFirstItemCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        Type stop = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(
            stop, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic, null, new InternalCommand[] { this }, null)!;
    }
}
