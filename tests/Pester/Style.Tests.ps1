# SPDX-License-Identifier: MIT

# The rules of PSScriptAnalyzer that a syntax tree can tell, over the scripts and over the code that the documentation shows.

BeforeDiscovery {
    $project = (Resolve-Path "$PSScriptRoot/../..").Path
    $scripts = Get-ChildItem "$project/*.ps1", "$project/*.psd1", "$project/.ci/*.ps1" -Force
    $scripts += Get-ChildItem "$project/module", "$project/tests/Pester" -Recurse -Include *.ps1, *.psm1, *.psd1
    $scripts = $scripts | ForEach-Object {
        @{ Name = [IO.Path]::GetRelativePath($project, $_.FullName).Replace('\', '/'); Path = $_.FullName }
    }
    $pages = Get-ChildItem "$project/*.md", "$project/docs" -Recurse -Include *.md | ForEach-Object {
        $text = [IO.File]::ReadAllText($_.FullName).ReplaceLineEndings("`n")
        @{
            Name   = [IO.Path]::GetRelativePath($project, $_.FullName).Replace('\', '/')
            Blocks = @([regex]::Matches($text, '(?ms)^```powershell\n(.*?)^```').ForEach({ $_.Groups[1].Value }))
        }
    }
    $pages = $pages | Where-Object { $_.Blocks }
}

BeforeAll { $fault = "$PSScriptRoot/Get-ScriptFault.ps1" }

Describe 'Scripts' {
    It '<Name> breaks no rule' -ForEach $scripts {
        & $fault ([IO.File]::ReadAllText($Path)) | Should -BeNullOrEmpty
    }

    It '<Name> has at most 140 columns a line' -ForEach $scripts {
        $long = [IO.File]::ReadAllLines($Path).Where({ $_.Length -gt 140 })
        $long | Should -BeNullOrEmpty
    }

    It '<Name> says what it is for' -ForEach $scripts.Where({
            $_.Name -like '*.ps1' -and $_.Name -notlike 'tests/*' -and $_.Name -notlike '*.Tests.ps1'
        }) {
        $help = [Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $null).GetHelpContent()
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Examples | Should -Not -BeNullOrEmpty
    }
}

Describe 'Code in documents' {
    It '<Name> breaks no rule' -ForEach $pages {
        # A block may assign what its reader uses.
        $Blocks | ForEach-Object { & $fault $_ } | Where-Object { $_ -notmatch '^UseDeclaredVars|^UseBOM' } | Should -BeNullOrEmpty
    }
}

Describe 'A fault' {
    It 'of <Rule> is found: <Code>' -ForEach @(
        @{ Rule = 'AvoidUsingCmdletAliases'; Code = 'Get-Item . | % Name'; Right = 'Get-Item . | ForEach-Object Name' }
        @{ Rule = 'AvoidUsingCmdletAliases'; Code = 'ls'; Right = 'Get-ChildItem' }
        @{ Rule = 'AvoidUsingWriteHost'; Code = 'Write-Host 1'; Right = 'Write-Output 1' }
        @{ Rule = 'AvoidUsingInvokeExpression'; Code = 'Invoke-Expression "1"'; Right = '& "date"' }
        @{ Rule = 'AvoidUsingPositionalParameters'; Code = 'Join-Path a b c'; Right = 'Join-Path a b -AdditionalChildPath c' }
        @{ Rule = 'AvoidUsingConvertToSecureStringWithPlainText'; Code = 'ConvertTo-SecureString x -AsPlainText'
            Right = 'Read-Host -AsSecureString'
        }
        @{ Rule = 'AvoidUsingPlainTextForPassword'; Code = 'param([string] $Password) $Password'
            Right = 'param([securestring] $Password) $Password'
        }
        @{ Rule = 'UseApprovedVerbs'; Code = 'function Grab-Item { }'; Right = 'function Get-Item { }' }
        @{ Rule = 'UseSingularNouns'; Code = 'function Get-Items { }'; Right = 'function Get-Status { }' }
        @{ Rule = 'AvoidUsingEmptyCatchBlock'; Code = 'try { 1 } catch { }'; Right = 'try { 1 } catch { 2 }' }
        @{ Rule = 'PossibleIncorrectComparisonWithNull'; Code = 'Get-Item . | Where-Object { $_ -eq $null }'
            Right = 'Get-Item . | Where-Object { $null -eq $_ }'
        }
        @{ Rule = 'UseDeclaredVarsMoreThanAssignments'; Code = '$a = 1'; Right = '$a = 1; "a is $a"' }
        @{ Rule = 'AvoidAssignmentToAutomaticVariable'; Code = '$input = 1; $input'; Right = '$in = 1; $in' }
        @{ Rule = 'AvoidGlobalVars'; Code = '$global:a = 1; $a'; Right = '$script:a = 1; $a' }
        @{ Rule = 'AvoidGlobalFunctions'; Code = 'function global:Get-It { }'; Right = 'function Get-It { }' }
        @{ Rule = 'AvoidDefaultValueSwitchParameter'; Code = 'param([switch] $On = $true) $On'; Right = 'param([switch] $On) $On' }
        @{ Rule = 'AvoidDefaultValueForMandatoryParameter'; Code = 'param([Parameter(Mandatory)] $On = 1) $On'
            Right = 'param([Parameter(Mandatory)] $On) $On'
        }
        @{ Rule = 'ReviewUnusedParameter'; Code = 'function Get-It { param($Path) }'; Right = 'function Get-It { param($Path) $Path }' }
        @{ Rule = 'AvoidTrailingWhitespace'; Code = "1 `n2"; Right = "1`n2" }
        @{ Rule = 'UseBOMForUnicodeEncodedFile'; Code = "'`u{fc}'"; Right = "'``u{fc}'" }
        @{ Rule = 'AvoidUsingWMICmdlet'; Code = 'Get-WmiObject Win32_BIOS'; Right = 'Get-CimInstance Win32_BIOS' }
        @{ Rule = 'Syntax'; Code = 'if (1) {'; Right = 'if (1) { }' }
    ) {
        & $fault $Code | Should -BeLike "$Rule in line *"
        & $fault $Right | Should -BeNullOrEmpty
    }
}
