# SPDX-License-Identifier: MIT

# An example: tests of a script that uses OciPS. No registry is needed; its cmdlets are mocked as any others.
BeforeAll {
    if (-not (Get-Module OciPS)) {
        Import-Module OciPS
    }
    $script = Join-Path $PSScriptRoot Publish-Release.ps1
}

Describe 'Publish-Release' {
    BeforeEach {
        Mock Copy-OciImage { [pscustomobject] @{ Reference = $Destination } }
    }

    It 'tags what was tested' {
        Mock Get-OciManifest { [pscustomobject] @{ Digest = 'sha256:1234'; Annotations = @{ 'com.example.tested' = 'yes' } } }

        (& $script registry.example.com/team/app:build-17 1.4).Reference | Should -Be 'registry.example.com/team/app:1.4'

        Should -Invoke Get-OciManifest -Times 1 -Exactly -ParameterFilter { "$Reference" -eq 'registry.example.com/team/app:build-17' }
        Should -Invoke Copy-OciImage -Times 1 -Exactly -ParameterFilter { $NoClobber }
    }

    It 'refuses what was not tested, and writes nothing' {
        Mock Get-OciManifest { [pscustomobject] @{ Digest = 'sha256:1234'; Annotations = @{} } }

        { & $script registry.example.com/team/app:build-17 1.4 } | Should -Throw '*was not tested*'

        Should -Invoke Copy-OciImage -Times 0 -Exactly
    }

    It 'passes on that the image is not there' {
        Mock Get-OciManifest { Write-Error -ErrorId 'ManifestNotFound' -Message 'not there' -ErrorAction Stop }

        { & $script registry.example.com/team/app:none 1.4 } | Should -Throw -ErrorId 'ManifestNotFound*'
    }
}
