# SPDX-License-Identifier: MIT

<#
.SYNOPSIS
Lists the tests that failed, each with the beginning of what it said.

.DESCRIPTION
A record of a run may keep its last lines only: 'run' shows this list just before its closing line. It reads the *.trx files of
dotnet test and the pester.txt of build.ps1. What a test host that broke off said is in the list as well.

.EXAMPLE
.ci/Get-FailedTest.ps1 ./TestResults
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory)]
    [string] $ResultFolder,

    [ValidateRange(1, 1000)]
    [int] $Maximum = 100
)

$ErrorActionPreference = 'Stop'

function Get-Beginning([string] $Text) {
    $line = ($Text -replace '\s+', ' ').Trim()
    if ($line.Length -gt 300) { $line.Substring(0, 297) + '...' } else { $line }
}

function Get-TrxFailure([string] $Path) {
    $document = [xml](Get-Content -LiteralPath $Path -Raw)
    $known = @{}
    foreach ($result in $document.SelectNodes('//*[local-name()="UnitTestResult"][not(@outcome="Passed" or @outcome="NotExecuted")]')) {
        $known[$result.testName] = $true
        '{0}: {1}' -f $result.testName, (Get-Beginning $result.SelectSingleNode('.//*[local-name()="Message"]').InnerText)
    }
    # A run that broke off names here what failed until then.
    foreach ($problem in $document.SelectNodes('//*[local-name()="RunInfo"][@outcome="Error"]')) {
        if ($problem.Text -notmatch '^\[xUnit\.net [^\]]+\]\s+(?<name>.+) \[FAIL\]$') {
            '{0}: {1}' -f (Split-Path $Path -Leaf), (Get-Beginning $problem.Text)
        }
        elseif (-not $known[$Matches.name]) {
            $Matches.name
        }
    }
}

$failed = @(
    Get-ChildItem -LiteralPath $ResultFolder -Filter *.trx | Sort-Object Name | ForEach-Object { Get-TrxFailure $_.FullName }
    # The first line of what Pester said is the totals.
    Get-ChildItem -LiteralPath $ResultFolder -Filter pester.txt | Get-Content | Select-Object -Skip 1 | ForEach-Object { Get-Beginning $_ }
)

$failed | Select-Object -First $Maximum
if ($failed.Count -gt $Maximum) {
    "and $($failed.Count - $Maximum) more"
}
