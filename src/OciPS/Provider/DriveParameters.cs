// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;

namespace OciPS.Provider;

/// <summary>What New-PSDrive takes for a drive over an image.</summary>
internal sealed class NewDriveParameters
{
    /// <summary>The platform of the image to look into, as os/architecture[/variant], where the reference is an index.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string? Platform { get; set; }
}

/// <summary>What Get-ChildItem takes on a drive over an image.</summary>
internal sealed class ChildItemParameters
{
    /// <summary>No folders.</summary>
    [Parameter]
    public SwitchParameter File { get; set; }

    /// <summary>Folders only.</summary>
    [Parameter]
    public SwitchParameter Directory { get; set; }
}
