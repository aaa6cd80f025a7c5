// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Completers;

namespace OciPS.Provider;

/// <summary>The dynamic parameters of New-PSDrive for a drive over an image.</summary>
internal sealed class NewDriveParameters
{
    /// <summary>The platform of the image to look into, as os/architecture[/variant], where the reference is an index.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string? Platform { get; set; }
}

/// <summary>The dynamic parameters of Get-ChildItem on a drive over an image.</summary>
internal sealed class ChildItemParameters
{
    /// <summary>No folders.</summary>
    [Parameter]
    public SwitchParameter File { get; set; }

    /// <summary>Folders only.</summary>
    [Parameter]
    public SwitchParameter Directory { get; set; }
}
