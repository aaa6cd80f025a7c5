# SPDX-License-Identifier: MIT

# The list of failed tests that a run ends with. The *.trx files are what dotnet test wrote; stack traces are left out.

Describe 'The list of failed tests' {
    BeforeAll {
        $script:list = "$PSScriptRoot/../../.ci/Get-FailedTest.ps1"
        Copy-Item "$PSScriptRoot/../data/results/*.trx" $TestDrive
    }

    It 'names what failed, and what a run that broke off had said' {
        "1 1 0`nThe module.has help: Expected 1,`tbut got 2." | Set-Content (Join-Path $TestDrive pester.txt)

        & $list $TestDrive | Should -Be @(
            'Sample.Sums.Add_TwoNumbers_IsTheirSum'
            ('aborted.trx: The active test run was aborted. Reason: Test host process crashed : Process terminated. stop at ' +
                'System.Environment.FailFast')
            'Sample.Sums.Parse_Text_Fails(t: "x", n: 2): System.InvalidOperationException : No number: x second line'
            'Sample.Sums.Add_TwoNumbers_IsTheirSum: Assert.Equal() Failure: Values differ Expected: 4 Actual: 5'
            'Sample.Sums.Parse_Text_Fails(t: "a<b>\x1b", n: 1): System.InvalidOperationException : No number: a<b>\u001b second line'
            'The module.has help: Expected 1, but got 2.'
        )
    }

    It 'says how many it leaves out' {
        $lines = & $list "$PSScriptRoot/../data/results" -Maximum 2
        $lines | Should -HaveCount 3
        $lines[-1] | Should -Be 'and 3 more'
    }

    It 'is empty where there is nothing' {
        & $list (New-Item (Join-Path $TestDrive empty) -ItemType Directory) | Should -BeNullOrEmpty
    }
}
