# SPDX-License-Identifier: MIT

<#
.SYNOPSIS
Gets what PSScriptAnalyzer's default rules would say of a piece of PowerShell, as far as its syntax tree tells.

.DESCRIPTION
For machines that do not have PSScriptAnalyzer; the rules have its names, without their PS. Each fault is a line.

.EXAMPLE
./Get-ScriptFault.ps1 'gci | % Name'
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory)]
    [string] $Code
)

$ErrorActionPreference = 'Stop'
$errors = $null
$tree = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $errors)

# What is an alias on some system: those of Windows are programs elsewhere.
$aliases = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2().Commands.Where({ $_.CommandType -eq 'Alias' }).Name +
    'cat', 'clear', 'cp', 'diff', 'kill', 'ls', 'man', 'mount', 'mv', 'ps', 'rm', 'rmdir', 'sleep', 'sort', 'tee', 'curl', 'wget'

$automatic = '?', 'Error', 'ExecutionContext', 'HOME', 'Host', 'PID', 'PSCulture', 'PSEdition', 'PSHOME', 'PSUICulture', 'PSVersionTable',
    'ShellId',
    'args', 'Event', 'foreach', 'input', 'Matches', 'MyInvocation', 'PSBoundParameters', 'PSCmdlet', 'PSScriptRoot', 'switch', 'this', '_'

# Variables that PowerShell reads, or that belong to all of a session.
$preferences = '^(?:\w+Preference|ErrorView|OutputEncoding|PSDefaultParameterValues|PSStyle|PSNativeCommandArgumentPassing|' +
    '(?:env|using|script|function):.*|null)$'

function Find-Ast([type] $Type) { $tree.FindAll({ $args[0] -is $Type }.GetNewClosure(), $true) }

function Write-Fault([string] $Rule, $Ast) {
    '{0} in line {1}: {2}' -f $Rule, $Ast.Extent.StartLineNumber, $Ast.Extent.Text.Split("`n")[0].Trim()
}

# What a script itself defines may wrap a program, which has nothing but positions.
$own = (Find-Ast ([Management.Automation.Language.FunctionDefinitionAst])).Name

function Test-CommandFault($Command) {
    $name = $Command.GetCommandName()
    if ($name -in $aliases) { Write-Fault AvoidUsingCmdletAliases $Command }
    if ($name -eq 'Write-Host') { Write-Fault AvoidUsingWriteHost $Command }
    if ($name -eq 'Invoke-Expression') { Write-Fault AvoidUsingInvokeExpression $Command }
    if ($name -like 'Get-Wmi*' -or $name -like 'Invoke-Wmi*') { Write-Fault AvoidUsingWMICmdlet $Command }
    $given = $Command.CommandElements.Where({ $_ -is [Management.Automation.Language.CommandParameterAst] }).ParameterName
    if ($name -eq 'ConvertTo-SecureString' -and $given -contains 'AsPlainText') {
        Write-Fault AvoidUsingConvertToSecureStringWithPlainText $Command
    }
    # What follows a parameter is taken for its value, as the rule takes it.
    $elements = $Command.CommandElements
    $loose = for ($i = 1; $i -lt $elements.Count; $i++) {
        $before = $elements[$i - 1]
        if ($elements[$i] -isnot [Management.Automation.Language.CommandParameterAst] -and
            ($before -isnot [Management.Automation.Language.CommandParameterAst] -or $null -ne $before.Argument)) { $i }
    }
    if ($name -match '^[A-Z]\w+-\w+$' -and $name -notin $own -and @($loose).Count -ge 3) {
        Write-Fault AvoidUsingPositionalParameters $Command
    }
}

function Test-FunctionFault($Function) {
    $verb, $noun = $Function.Name -replace '^\w+:' -split '-', 2
    if ($noun -and $verb -notin (Get-Verb).Verb) { Write-Fault UseApprovedVerbs $Function }
    if ($noun -cmatch '[^s]s$' -and $noun -cnotmatch 'Status$') { Write-Fault UseSingularNouns $Function }
    if ($Function.Name -like 'global:*') { Write-Fault AvoidGlobalFunctions $Function }
}

function Test-ParameterFault($Parameter) {
    $name = $Parameter.Name.VariablePath.UserPath
    $kind = $Parameter.StaticType
    if ($name -match 'password|passphrase' -and $kind -eq [string]) { Write-Fault AvoidUsingPlainTextForPassword $Parameter }
    if ($kind -eq [switch] -and $Parameter.DefaultValue.Extent.Text -eq '$true') { Write-Fault AvoidDefaultValueSwitchParameter $Parameter }
    $mandatory = $Parameter.Attributes.NamedArguments.Where({ $_.ArgumentName -eq 'Mandatory' -and $_.Argument.Extent.Text -ne '$false' })
    if ($mandatory -and $Parameter.DefaultValue) { Write-Fault AvoidDefaultValueForMandatoryParameter $Parameter }
    $body = $Parameter.Parent.Parent
    $isUse = { $args[0] -is [Management.Automation.Language.VariableExpressionAst] -and $args[0].Parent -ne $Parameter }.GetNewClosure()
    $used = $body.FindAll($isUse, $true)
    if ($name -notin $used.VariablePath.UserPath -and 'PSBoundParameters' -notin $used.VariablePath.UserPath) {
        Write-Fault ReviewUnusedParameter $Parameter
    }
}

# A variable that is assigned and read nowhere: neither by its name nor as the argument of a parameter that takes one.
function Find-UnusedVariable {
    $targets = (Find-Ast ([Management.Automation.Language.AssignmentStatementAst])).Left |
        ForEach-Object { if ($_ -is [Management.Automation.Language.ConvertExpressionAst]) { $_.Child } else { $_ } } |
        Where-Object { $_ -is [Management.Automation.Language.VariableExpressionAst] }
    $variables = Find-Ast ([Management.Automation.Language.VariableExpressionAst])
    $read = $variables.Where({ $_ -notin $targets }).VariablePath.UserPath -replace '^\w+:'
    foreach ($target in $targets) {
        $name = $target.VariablePath.UserPath
        if ($name -in $automatic) { Write-Fault AvoidAssignmentToAutomaticVariable $target }
        if ($name -like 'global:*') { Write-Fault AvoidGlobalVars $target }
        if (($name -replace '^(script|global):') -notin $read -and $name -notmatch $preferences) {
            Write-Fault UseDeclaredVarsMoreThanAssignments $target
        }
    }
}

$errors | ForEach-Object { "Syntax in line $($_.Extent.StartLineNumber): $($_.Message)" }
Find-Ast ([Management.Automation.Language.CommandAst]) | ForEach-Object { Test-CommandFault $_ }
Find-Ast ([Management.Automation.Language.FunctionDefinitionAst]) | ForEach-Object { Test-FunctionFault $_ }
Find-Ast ([Management.Automation.Language.ParameterAst]) | ForEach-Object { Test-ParameterFault $_ }
Find-Ast ([Management.Automation.Language.CatchClauseAst]) | Where-Object { $_.Body.Statements.Count -eq 0 } |
    ForEach-Object { Write-Fault AvoidUsingEmptyCatchBlock $_ }
Find-Ast ([Management.Automation.Language.BinaryExpressionAst]) |
    Where-Object { $_.Operator -match '^[IC](eq|ne)$' -and $_.Right.Extent.Text -eq '$null' } |
    ForEach-Object { Write-Fault PossibleIncorrectComparisonWithNull $_ }
Find-UnusedVariable
$lines = $Code -split '\r?\n'
for ($i = 0; $i -lt $lines.Count; $i++) {
    if ($lines[$i] -match '\s$') { "AvoidTrailingWhitespace in line $($i + 1)" }
    if ($lines[$i] -match '[^\x00-\x7f]') { "UseBOMForUnicodeEncodedFile in line $($i + 1): $($lines[$i].Trim())" }
}
