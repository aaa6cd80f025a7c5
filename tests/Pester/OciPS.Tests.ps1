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
        $path = "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1"
        (Test-ModuleManifest $path).ExportedCmdlets.Keys | Sort-Object | Should -Be (Import-PowerShellDataFile $path).CmdletsToExport
    }

    It 'has help with an example for <_>' -ForEach @(
        'Compare-OciImage', 'Connect-OciRegistry', 'Copy-OciImage', 'Disconnect-OciRegistry', 'Export-OciImageFile',
        'Export-OciImageLayer', 'Get-OciContainerSource', 'Get-OciImageConfig', 'Get-OciImageFile', 'Get-OciManifest',
        'Get-OciPlatform',
        'Get-OciTag', 'Merge-OciManifestList', 'Publish-OciKanikoImage', 'Remove-OciImageFile', 'Repair-OciImage'
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

Describe 'Set-StrictMode -Version Latest' {
    It 'finds what scripts ask of manifests and indexes on both' {
        $null = Copy-OciImage $image "oci:$TestDrive/strict:1" -Mode NormaliseToMultiArch
        Set-StrictMode -Version Latest
        $single, $index = $image, "oci:$TestDrive/strict:1" | Get-OciManifest
        $index | Should -BeOfType OciPS.OciIndex
        $single.Layers.Count, $single.Manifests.Count, ($null -eq $single.Config) | Should -Be @(3, 0, $false)
        $index.Layers.Count, $index.Manifests.Count, ($null -eq $index.Config) | Should -Be @(0, 1, $true)
        $single, $index | ForEach-Object { $_.Layers } | Should -HaveCount 3
        $names = $single, $index | ForEach-Object { $_.PSObject.Properties.Name -join ' ' }
        $names[0] | Should -BeExactly $names[1]
    }

    It 'finds them on what was saved, too' {
        $path = "$TestDrive/strict.xml"
        $image, "oci:$TestDrive/strict:1" | Get-OciManifest | Export-Clixml $path
        Set-StrictMode -Version Latest
        $single, $index = Import-Clixml $path
        $index | Should -BeOfType OciPS.OciIndex
        @($single.Manifests).Count, @($index.Layers).Count, $index.Config | Should -Be @(0, 0, $null)
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

    It 'says which literal path is not there, and writes nothing unless that is to be ignored' {
        $removal = @{ Reference = $image; LiteralPath = 'nowhere', 'app/.env'; Destination = "oci:$TestDrive/literal:1" }
        $result = Remove-OciImageFile @removal -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId | Should -BeLike 'FileNotFoundInImage,*'
        $result | Should -BeNullOrEmpty
        Test-Path "$TestDrive/literal" | Should -BeFalse
        (Remove-OciImageFile @removal -IgnoreMissing).RemovedFiles.FullName | Should -Be 'app/.env'
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
        $file.Name | Should -Be "sha256-$((Get-OciManifest $image).Digest.Split(':')[1]).tar"
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

Describe 'Images for several platforms' {
    BeforeAll {
        # An index of two images: the tarball's, and the same with another architecture in its config.
        function Add-Blob([string] $text, [string] $mediaType) {
            $bytes = [System.Text.Encoding]::UTF8.GetBytes($text)
            $hex = [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData($bytes)).ToLowerInvariant()
            [System.IO.File]::WriteAllBytes("$layout/blobs/sha256/$hex", $bytes)
            [ordered]@{ mediaType = $mediaType; digest = "sha256:$hex"; size = $bytes.Length }
        }

        $script:layout = "$TestDrive/multi"
        $null = Copy-OciImage $image "oci:${layout}:single"
        $manifest = Get-OciManifest $image
        $config = Add-Blob (Get-OciImageConfig $image).RawJson.Replace('"amd64"', '"arm64"') $manifest.Config.MediaType
        $json = $manifest.RawJson | ConvertFrom-Json
        $json.config = $config
        $other = Add-Blob ($json | ConvertTo-Json -Depth 9 -Compress) $manifest.MediaType
        $entries = @(
            [ordered]@{
                mediaType = $manifest.MediaType; digest = "$($manifest.Digest)"; size = $manifest.Size
                platform  = @{ os = 'linux'; architecture = 'amd64' }
            }
            $other + @{ platform = @{ os = 'linux'; architecture = 'arm64' } }
        )
        $indexType = 'application/vnd.oci.image.index.v1+json'
        $index = Add-Blob ([ordered]@{ schemaVersion = 2; mediaType = $indexType; manifests = $entries } |
            ConvertTo-Json -Depth 9 -Compress) $indexType
        $top = Get-Content "$layout/index.json" -Raw | ConvertFrom-Json -AsHashtable
        $top.manifests += $index + @{ annotations = @{ 'org.opencontainers.image.ref.name' = 'multi' } }
        $top | ConvertTo-Json -Depth 9 | Set-Content "$layout/index.json"
        $script:multi = "oci:${layout}:multi"
    }

    It 'lists tags, which pipe on' {
        (Get-OciTag "oci:$layout").Name | Should -Be 'single', 'multi'
        (Get-OciTag "oci:$layout" m*).Reference | Should -Be $multi
        Get-OciTag "oci:$layout" | Get-OciManifest | ForEach-Object { $_.GetType().Name } | Should -Be 'OciManifest', 'OciIndex'
    }

    It 'lists platforms' {
        "$(Get-OciPlatform $multi)" | Should -Be 'linux/amd64 linux/arm64'
        Get-OciPlatform $multi | Where-Object Architecture -EQ arm64 | Get-OciManifest | ForEach-Object { "$($_.Digest)" } |
            Should -Be $other.digest
        (Get-OciPlatform $multi | Group-Object OS).Count | Should -Be 2
    }

    It 'picks by platform' {
        (Get-OciManifest $multi -Platform linux/arm64).Config.Digest | Should -BeExactly $config.digest
        Get-OciManifest $multi -Platform 'linux/*' | Should -HaveCount 2
        (Get-OciImageFile $multi -Platform linux/arm64 -Path app/.env).FullName | Should -Be 'app/.env'
    }

    It 'says which platforms there are, and goes on' {
        $found = "oci:${layout}:single", $multi |
            Get-OciManifest -Platform linux/arm64 -ErrorVariable problems -ErrorAction SilentlyContinue
        $found | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'PlatformNotFound,*'
        $problems[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$($problems[0])" | Should -BeLike '*It has: linux/amd64.'
        { Get-OciManifest $multi -Platform linux -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPlatform,*'
    }

    It 'reads configs' {
        $read = Get-OciImageConfig $multi -Platform linux/amd64
        $read.Env | Should -Be 'PATH=/usr/bin'
        $read.Entrypoint | Should -Be '/app/main.sh'
        $read.Created | Should -BeOfType ([datetime])
        $read.History | Should -HaveCount 3
        "$($read.Platform)" | Should -Be 'linux/amd64'
        $read.Labels['no.such'] | Should -BeNullOrEmpty
    }

    It 'shows a single image as an index' {
        (Get-OciManifest $image -Mode NormaliseToMultiArch).Manifests.Platform | Should -HaveCount 1
    }

    It 'removes files from all images' {
        $result = Remove-OciImageFile $multi -Path '*.key' -Destination "oci:$TestDrive/clean-multi:1"
        $result.Images | Should -HaveCount 2
        $result.RemovedFiles | Should -HaveCount 2
        Get-OciImageFile "oci:$TestDrive/clean-multi:1" -Platform '*/*' -Path '*.key' | Should -BeNullOrEmpty
    }

    It 'removes files from the images that a scriptblock chooses' {
        $result = Remove-OciImageFile $multi -Path '*.key' -Destination "oci:$TestDrive/clean-arm:1" -PlatformFilter {
            $_.Architecture -eq 'arm64'
        } -Annotation @{ number = 1 }
        "$($result | Get-OciPlatform)" | Should -Be 'linux/arm64'
        ($result | Get-OciManifest).Annotations['number'] | Should -Be '1'
    }

    It 'goes from tags to clean images in one pipeline' {
        $pipeline = { Get-OciTag "oci:$layout" | Get-OciImageFile -Path '*/private/*' |
            Remove-OciImageFile -Destination { "oci:$TestDrive/tags:$($_.Tag)" } @args }
        & $pipeline -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/tags" | Should -Not -Exist
        (& $pipeline).Tag | Should -Be 'single', 'multi'
        (Get-OciTag "oci:$TestDrive/tags").Name | Should -Be 'single', 'multi'
    }

    It 'makes one image of several, and asks nothing' {
        $null = Copy-OciImage $multi "oci:$TestDrive/parts:linux" -Platform 'linux/*'
        $merged = $image, "oci:$TestDrive/parts:linux" | Merge-OciManifestList -Destination "oci:$TestDrive/merged:1" -Force
        $merged.Tag | Should -Be '1'
        (Get-OciManifest $merged.Reference).Manifests.Digest | ForEach-Object ToString |
            Should -Contain "$((Get-OciManifest $image).Digest)"
    }
}

Describe 'Copy-OciImage' {
    It 'keeps digests' {
        $copy = Copy-OciImage $image "oci:$TestDrive/copy:1"
        $copy.Changed | Should -BeFalse
        $copy.Digest | Should -Be (Get-OciManifest $image).Digest
        (Get-OciManifest $copy.DigestReference).Digest | Should -Be $copy.Digest
    }

    It 'writes nothing with -WhatIf' {
        Copy-OciImage $image "oci:$TestDrive/whatif:1" -WhatIf
        "$TestDrive/whatif" | Should -Not -Exist
    }

    It 'takes references and destinations from a table' {
        "Reference,Destination`n$image,oci:$TestDrive/csv:1`n$image,oci:$TestDrive/csv:2" | ConvertFrom-Csv | Copy-OciImage |
            ForEach-Object Tag | Should -Be '1', '2'
    }

    It 'takes a scriptblock as the destination, from the pipeline only' {
        (Get-OciTag "oci:$TestDrive/image" | Copy-OciImage -Destination { "oci:$TestDrive/block:$($_.Name)-copy" }).Tag |
            Should -Be '1-copy'
        { Copy-OciImage $image -Destination { 'oci:x:y' } } | Should -Throw -ErrorId 'ScriptBlockArgumentNoInput,*'
    }

    It 'converts' {
        (Copy-OciImage $image "oci:$TestDrive/docker:1" -Format Docker).MediaType |
            Should -Be 'application/vnd.docker.distribution.manifest.v2+json'
        (Copy-OciImage $image "oci:$TestDrive/many:1" -Mode NormaliseToMultiArch).MediaType |
            Should -Be 'application/vnd.oci.image.index.v1+json'
    }

    It 'lets what a platform filter throws through' {
        $null = Copy-OciImage $image "oci:$TestDrive/list:1" -Mode NormaliseToMultiArch
        { Copy-OciImage "oci:$TestDrive/list:1" "oci:$TestDrive/thrown:1" -PlatformFilter { throw 'enough' } } | Should -Throw 'enough'
        "$TestDrive/thrown" | Should -Not -Exist
    }

    It 'writes nothing but the digest that its destination names' {
        { Copy-OciImage $image "oci:$TestDrive/x@sha256:$('a' * 64)" -ErrorAction Stop } | Should -Throw -ErrorId 'DigestMismatch,*'
        "$TestDrive/x" | Should -Not -Exist
    }

    It 'writes tarballs, image directories and archives, each read back as the same image' -ForEach @(
        @{ Destination = 'oci-archive:{0}/copy.oci:1' }, @{ Destination = 'dir:{0}/copied-folder' }
    ) {
        $copy = Copy-OciImage $image ($Destination -f $TestDrive)
        "$($copy.Digest)" | Should -Be "$((Get-OciManifest $image).Digest)"
        "$((Get-OciManifest ($Destination -f $TestDrive)).Digest)" | Should -Be "$($copy.Digest)"
    }
}

Describe 'Repair-OciImage' {
    It 'pads the history once' {
        $null = Copy-OciImage "docker-archive:$tarball" "oci:$TestDrive/repair:1"
        (Get-OciImageConfig "oci:$TestDrive/repair:1").History | Should -HaveCount 1
        $first, $second = 1, 2 | ForEach-Object { Repair-OciImage "oci:$TestDrive/repair:1" -Force }
        $first.Changed | Should -BeTrue
        $second.Changed | Should -BeFalse
        $second.Digest | Should -Be $first.Digest
        (Get-OciImageConfig "oci:$TestDrive/repair:1").History | Should -HaveCount 3
        (Get-OciTag "oci:$TestDrive/repair").Name | Should -Be '1'
    }

    It 'writes nothing with -WhatIf' {
        $before = Get-Content "$TestDrive/image/index.json" -Raw
        Repair-OciImage $image -WhatIf
        Get-Content "$TestDrive/image/index.json" -Raw | Should -Be $before
    }
}

Describe 'Merge-OciManifestList' {
    It 'puts a list over the image in a directory once' {
        $null = Copy-OciImage $image "dir:$TestDrive/built"
        [IO.File]::WriteAllText("$TestDrive/list.json", (Get-OciManifest $image -Mode NormaliseToMultiArch).RawJson)
        (Merge-OciManifestList -ManifestList "$TestDrive/list.json" -ImageDirectory "$TestDrive/built").Changed | Should -BeTrue
        (Merge-OciManifestList -ManifestList "$TestDrive/list.json" -ImageDirectory "$TestDrive/built").Changed | Should -BeFalse
    }
}

Describe 'Get-OciContainerSource' {
    It 'pipes what a build stage was given into Copy-OciImage' {
        $null = Copy-OciImage $image "dir:$TestDrive/stage/sha256:aaaa"
        $archives = @{ 'sha256:aaaa' = @{ format = 'dir'; name = 'app:1' } }
        $inputs = @{ images = @{ path = "$TestDrive/stage"; data = @{ archives = $archives } } }
        $sources = $inputs | Get-OciContainerSource
        $sources.Name | Should -Be 'app:1'
        ($inputs | ConvertTo-Json -Depth 9 | Get-OciContainerSource).Path | Should -Be $sources.Path
        "$(($sources | Copy-OciImage -Destination { "oci:$TestDrive/from-stage:$($_.Name.Split(':')[1])" }).Digest)" |
            Should -Be "$((Get-OciManifest $image).Digest)"
    }

    It 'names what is wrong' {
        { '{}' | Get-OciContainerSource -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInputs,*'
    }
}
