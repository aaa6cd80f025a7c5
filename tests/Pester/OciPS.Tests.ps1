# SPDX-License-Identifier: MIT

# What a user's script sees of the module, in real pwsh.

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/OciPS" -Force
    $script:tarball = "$PSScriptRoot/../data/kaniko-app.tar"
    $script:image = "oci:$TestDrive/image:1"
    Publish-OciKanikoImage -Path $tarball -Reference $image
}

Describe 'The module' {
    It 'has a manifest that is right' {
        (Test-ModuleManifest "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1").ExportedCmdlets.Keys | Should -HaveCount 11
    }

    It 'has help with an example for <_>' -ForEach @(
        'Copy-OciImage', 'Export-OciImageFile', 'Export-OciImageLayer', 'Get-OciImageConfig', 'Get-OciImageFile', 'Get-OciManifest', 'Get-OciPlatform',
        'Get-OciTag', 'Publish-OciKanikoImage', 'Remove-OciImageFile', 'Repair-OciImage'
    ) {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.examples.example | Should -Not -BeNullOrEmpty
        foreach ($parameter in $help.parameters.parameter) {
            $parameter.description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.name) needs a description"
        }
    }

    It 'does not bind a file to -Reference' {
        { Get-Item $tarball | Get-OciManifest -ErrorAction Stop } | Should -Throw -ErrorId '*,OciPS.Commands.GetOciManifestCommand'
    }

    It 'lets the pipeline end early' {
        Get-OciImageFile $image | Select-Object -First 1 | ForEach-Object FullName | Should -Be 'etc/os-release'
        Get-OciImageFile $image | Should -HaveCount 6
    }
}

Describe 'Get-OciManifest' {
    It 'takes references from properties' {
        [pscustomobject]@{ ImageName = $image } | Get-OciManifest | ForEach-Object SchemaVersion | Should -Be 2
    }

    It 'gives the very text that the digest covers' {
        $manifest = Get-OciManifest $image
        $hash = [System.Security.Cryptography.SHA256]::HashData([System.Text.Encoding]::UTF8.GetBytes($manifest.RawJson))
        "$($manifest.Digest)" | Should -Be ('sha256:' + [Convert]::ToHexString($hash).ToLowerInvariant())
    }

    It 'goes on after a bad item' {
        $found = 'BAD!!', $image | Get-OciManifest -ErrorVariable problems -ErrorAction SilentlyContinue
        $found | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidReference,*'
        $problems[0].TargetObject | Should -Be 'BAD!!'
    }
}

Describe 'Remove-OciImageFile' {
    It 'writes nothing with -WhatIf' {
        Remove-OciImageFile $image -Path '*.key' -Destination "oci:$TestDrive/none:1" -WhatIf
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'takes files from the pipeline, and a scriptblock as the destination' {
        $result = Get-OciImageFile $image | Where-Object { $_.ReadAllText() -match 'PRIVATE KEY|PASSWORD=' } |
            Remove-OciImageFile -Destination { "oci:$TestDrive/clean:$($_.Tag)" }
        $result.RemovedFiles.FullName | Should -Be 'etc/ssl/private/server.key', 'app/.env'
        $result.Changed | Should -BeTrue
        (Get-OciImageFile "oci:$TestDrive/clean:1").FullName | Should -Not -Contain 'app/.env'
    }

    It 'gives the source''s manifest where nothing matches' {
        $result = Remove-OciImageFile $image -Path '*.nothing' -Destination "oci:$TestDrive/same:1"
        $result.Changed | Should -BeFalse
        $result.Digest | Should -Be (Get-OciManifest $image).Digest
    }

    It 'says which literal path is not there, and goes on' {
        $result = Remove-OciImageFile $image -LiteralPath 'nowhere', 'app/.env' -Destination "oci:$TestDrive/literal:1" -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId | Should -BeLike 'FileNotFoundInImage,*'
        $result.RemovedFiles.FullName | Should -Be 'app/.env'
    }
}

Describe 'Export-OciImageFile' {
    It 'emits files as Get-Item does' {
        $file = Get-OciImageFile $image -LiteralPath app/main.sh | Export-OciImageFile -DestinationPath "$TestDrive/out"
        $file | Should -BeOfType ([IO.FileInfo])
        $file.PSPath | Should -Not -BeNullOrEmpty
        Get-Content $file | Select-Object -First 1 | Should -Be '#!/bin/sh'
    }

    It 'does not overwrite without -Force' {
        $file = Get-OciImageFile $image -LiteralPath app/main.sh
        $file | Export-OciImageFile -DestinationPath "$TestDrive/twice"
        { $file | Export-OciImageFile -DestinationPath "$TestDrive/twice" -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
        $file | Export-OciImageFile -DestinationPath "$TestDrive/twice" -Force | Should -HaveCount 1
    }
}

Describe 'Export-OciImageLayer' {
    It 'names a file in a folder after the manifest' {
        $folder = New-Item -ItemType Directory "$TestDrive/layers"
        $file = Export-OciImageLayer $image -DestinationPath $folder
        $file | Should -BeOfType ([IO.FileInfo])
        $file.Name | Should -Be "sha256-$((Get-OciManifest $image).Digest.Hex).tar"
    }

    It 'feeds a native command' {
        $manifest = Get-OciManifest $image
        $names = Export-OciImageLayer $image -AsByteStream | tar -tf -
        $LASTEXITCODE | Should -Be 0
        $names | Should -Be @("$($manifest.Config.Digest).tar"; $manifest.Layers.Digest.ForEach{ "$_.tar" })
    }

    It 'ends when the pipeline does' {
        Export-OciImageLayer $image -AsByteStream | Select-Object -First 1 | Should -HaveCount 1
    }
}
