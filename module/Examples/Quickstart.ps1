# SPDX-License-Identifier: MIT

<#
.SYNOPSIS
Publishes a kaniko tarball, looks into the image, and takes a secret out of it for good.

.DESCRIPTION
Needs no server and no container engine: the image goes to an OCI layout in a temporary folder, which is removed at
the end. Runs in pwsh, and in the console that this project builds:

    dotnet run -v minimal --project src/OciPS.Shell -- -NoProfile -File module/Examples/Quickstart.ps1

.PARAMETER Tarball
The tarball to publish; without it the small one that the tests use.

.EXAMPLE
./Quickstart.ps1 -Tarball ./app.tar
#>
[CmdletBinding()]
param(
    [string] $Tarball
)

$ErrorActionPreference = 'Stop'
$InformationPreference = 'Continue'

function Step([string] $Text) {
    Write-Information "`n== $Text"
}

if (-not $Tarball) {
    # Beside the script in the repository; a level deeper in the module as it is built.
    $Tarball = '../..', '../../..' |
        ForEach-Object { Join-Path $PSScriptRoot "$_/tests/data/kaniko-app.tar" } |
        Where-Object { Test-Path -LiteralPath $_ } |
        Select-Object -First 1
}

if (-not $Tarball) {
    throw 'The tests'' tarball is not here. Give one that kaniko or docker save wrote, with -Tarball.'
}

if (-not (Get-Command Publish-OciKanikoImage -ErrorAction Ignore)) {
    Import-Module OciPS
}

$folder = Join-Path ([IO.Path]::GetTempPath()) "ocips-quickstart-$((New-Guid).ToString('N').Substring(0, 8))"
$image = "oci:$folder/app:1"
$clean = "oci:$folder/app:clean"

try {
    Step 'Publish what kaniko built. Layouts get OCI media types; the config is padded where kaniko left gaps.'
    Publish-OciKanikoImage -Path $Tarball -Reference $image | Out-Default

    Step 'Read the manifest.'
    Get-OciManifest $image | Out-Default

    Step 'List the files of every layer, as they stream by. Note app/.env: a later layer hides it, but it is there.'
    Get-OciImageFile $image | Out-Default

    Step 'Look into files while they are in the pipeline: which of them hold a secret?'
    $secrets = Get-OciImageFile $image | Where-Object { $_.ReadAllText() -match 'PRIVATE KEY|PASSWORD=' }
    $secrets | ForEach-Object { Write-Information "  $($_.FullName) in layer $($_.LayerIndex)" }

    Step 'What would removing them do? -WhatIf reads everything and writes nothing.'
    $secrets | Remove-OciImageFile -Destination $clean -WhatIf

    Step 'Remove them. Only the layers that had one are written anew.'
    $secrets | Remove-OciImageFile -Destination $clean | Out-Default

    Step 'Are they gone, from every layer?'
    $left = @(Get-OciImageFile $clean | Where-Object { $_.ReadAllText() -match 'PRIVATE KEY|PASSWORD=' })
    if ($left.Count -gt 0) {
        throw "Still there: $left"
    }

    Write-Information '  Yes. What is left:'
    Get-OciImageFile $clean | Out-Default
}
finally {
    if (Test-Path -LiteralPath $folder) {
        Remove-Item -LiteralPath $folder -Recurse
    }
}
