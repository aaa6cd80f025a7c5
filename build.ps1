#!/usr/bin/env pwsh
# SPDX-License-Identifier: MIT

<#
.SYNOPSIS
Builds, tests, packs and measures OciPS.

.DESCRIPTION
Where there is no pwsh, 'dotnet tool restore' brings it for this repository: dotnet pwsh -File build.ps1 -Task Test

.EXAMPLE
./build.ps1 -Task Build, Test
#>
[CmdletBinding()]
param(
    # What to do, in this order.
    [ValidateSet('Build', 'Test', 'TestNet8', 'Coverage', 'Pester', 'Pack', 'Bench')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    # Takes what artifacts/OciPS holds, without building it before.
    [switch] $NoBuild,

    # Where the Pester task writes its totals (passed, failed, skipped), and below them a line for each test that failed.
    [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
$solution = Join-Path $PSScriptRoot OciPS.sln
$module = Join-Path $PSScriptRoot artifacts/OciPS

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $($args[0]) failed."
    }
}

function Build { Invoke-DotNet build $solution --configuration $Configuration }

function Test { Invoke-DotNet test $solution --configuration $Configuration }

# The tests of the core once more, on the oldest .NET that the module runs on; the project brings the runtime along.
function TestNet8 { Invoke-DotNet test (Join-Path $PSScriptRoot tests/OciPS.Core.Net8.Tests) --configuration $Configuration }

# Runs the tests with the module instrumented in artifacts/OciPS, and shows how many lines of each folder they run.
function Coverage {
    if (-not $NoBuild) { Build }
    $folder = Join-Path $PSScriptRoot artifacts/coverage
    Remove-Item -LiteralPath $folder -Recurse -ErrorAction Ignore
    $collector = 'XPlat Code Coverage', 'Include=[OciPS*]*', 'Exclude=[OciPS.*Tests*]*,[OciPS.TestRegistry]*,[OciPS.TestWriter]*',
        "IncludeDirectory=$module,$module/lib/any" -join ';'
    # The collector's own code refers to more than the module may.
    & dotnet test $solution --configuration $Configuration --no-build '-m:1' --filter 'FullyQualifiedName!~ReferencedApiTests' `
        --collect $collector --results-directory $folder
    $failed = $LASTEXITCODE -ne 0
    $lines = @{}
    foreach ($report in Get-ChildItem -LiteralPath $folder -Filter *.xml -Recurse) {
        foreach ($class in ([xml](Get-Content -Raw -LiteralPath $report)).SelectNodes('//class[not(contains(@filename, "obj/"))]')) {
            $path = $class.filename -replace '\\', '/' -replace '^.*?(?=OciPS(\.\w+)?/)'
            foreach ($line in $class.SelectNodes('lines/line')) {
                $lines["${path}:$($line.number)"] = $lines["${path}:$($line.number)"] -or [int]$line.hits -gt 0
            }
        }
    }
    if ($lines.Count -eq 0) { throw 'Nothing was measured.' }
    $lines.GetEnumerator() | Group-Object { Split-Path ($_.Key -replace ':\d+$') } | Sort-Object Name |
        Select-Object Name, @{ n = 'Lines'; e = { $_.Count } }, @{
            n = 'Covered'; e = { '{0:P1}' -f (@($_.Group.Value -eq $true).Count / $_.Count) }
        } | Format-Table | Out-Host
    'Covered: {0:P1} of {1} lines' -f (@($lines.Values -eq $true).Count / $lines.Count), $lines.Count
    if ($failed) { throw 'Some tests failed.' }
}

function Pester {
    if (-not $NoBuild) { Build }
    Import-Module (& dotnet msbuild (Join-Path $PSScriptRoot tests/OciPS.Tests) -getProperty:PesterManifest)
    $settings = New-PesterConfiguration
    $settings.Run.Path = (Join-Path $PSScriptRoot tests/Pester), (Join-Path $PSScriptRoot module/Examples)
    # Examples import the module by its name, as it is installed.
    $env:PSModulePath = (Join-Path $PSScriptRoot artifacts) + [IO.Path]::PathSeparator + $env:PSModulePath
    $settings.Run.PassThru = $true
    $settings.Output.Verbosity = 'Detailed'
    $result = Invoke-Pester -Configuration $settings
    if ($ResultPath) {
        & {
            "$($result.PassedCount) $($result.FailedCount) $($result.SkippedCount)"
            @($result.Failed; $result.FailedBlocks; $result.FailedContainers) | ForEach-Object {
                "$($_.ExpandedPath ?? $_.Item): $(@($_.ErrorRecord)[0].Exception.Message -replace '\s+', ' ')".TrimEnd(': ')
            }
        } | Set-Content -LiteralPath $ResultPath
    }
    if ($result.FailedCount -gt 0) {
        throw "$($result.FailedCount) Pester tests failed."
    }
}

# Leaves the folder and the package that a PowerShell gallery takes, both in artifacts.
function Pack {
    Invoke-DotNet pack (Join-Path $PSScriptRoot src/OciPS) --configuration Release
    $manifest = Import-PowerShellDataFile (Join-Path $PSScriptRoot OciPS.psd1)
    $version = @($manifest.ModuleVersion; $manifest.PrivateData.PSData['Prerelease']).Where({ $_ }) -join '-'
    Get-Item -LiteralPath $module, (Join-Path $PSScriptRoot "artifacts/OciPS.$version.nupkg")
}

function Bench { Invoke-DotNet run --configuration Release --project (Join-Path $PSScriptRoot tests/OciPS.Benchmarks) }

foreach ($name in $Task) {
    & $name
}
