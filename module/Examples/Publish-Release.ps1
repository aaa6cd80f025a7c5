# SPDX-License-Identifier: MIT

<#
.SYNOPSIS
Gives an image that was tested the tag of a release, unless that is there already.

.DESCRIPTION
An example of a script of one's own, with tests in Publish-Release.Tests.ps1.

.EXAMPLE
./Publish-Release.ps1 registry.example.com/team/app:build-17 1.4
#>
[CmdletBinding()]
param(
    # The image that was tested.
    [Parameter(Mandatory)]
    [string] $Reference,

    # The release's tag.
    [Parameter(Mandatory)]
    [string] $Release
)

$manifest = Get-OciManifest $Reference -ErrorAction Stop
if ($manifest.Annotations['com.example.tested'] -ne 'yes') {
    throw "'$Reference' ($($manifest.Digest)) was not tested."
}

$repository = $Reference -replace ':[^:/]+$'
Copy-OciImage -Reference $Reference -Destination "${repository}:$Release" -NoClobber -ErrorAction Stop
