# SPDX-License-Identifier: MIT

# What becomes of outputs that go through a file, a job or another process, and come back.
BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1" -Force
    $env:OCIPS_LAYER_CACHE = 'off'
    $root = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
    $null = New-Item -ItemType Directory -Path $root
    $image = "oci:$root/image:1"
    $module = (Resolve-Path "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1").Path
    $null = Publish-OciKanikoImage "$PSScriptRoot/../data/kaniko-app.tar" $image
    $null = Copy-OciImage $image "oci:$root/multi:1" -Mode NormaliseToMultiArch

    . "$PSScriptRoot/Support.ps1"
    $server = Start-EmptyRegistry
    $null = Copy-OciImage $image "dir:$root/stage/sha256:1"
    $null = New-Item -ItemType Directory -Path "$root/lists"
    (Get-OciManifest "oci:$root/multi:1").RawJson | Set-Content -NoNewline "$root/lists/list.json"
    $inputs = @{
        images           = @{ path = "$root/stage"; data = @{ archives = @{ 'sha256:1' = @{ format = 'dir'; name = 'app:1' } } } }
        'manifest-lists' = @{ path = "$root/lists"; data = @{ files = @{ 'list.json' = @{} } } }
    } | ConvertTo-Json -Depth 5

    # Through a file and back.
    function Restore-Object([int] $Depth) {
        $path = Join-Path $root "$([guid]::NewGuid()).xml"
        $input | Export-Clixml $path -Depth $Depth
        Import-Clixml $path
    }
}

AfterAll {
    Stop-EmptyRegistry $server
    Remove-Item -Recurse -Force $root
}

Describe 'Through Export-Clixml -Depth <_> and back' -ForEach 1, 2, 3 {
    BeforeAll { $depth = $_ }

    It 'is <name> as before' -ForEach @(
        @{ name = 'OciManifest'; make = { Get-OciManifest $image } }
        @{ name = 'OciIndex'; make = { Get-OciManifest "oci:$root/multi:1" } }
        @{ name = 'OciDescriptor'; make = { (Get-OciManifest "oci:$root/multi:1").Manifests } }
        @{ name = 'OciPlatform'; make = { Get-OciPlatform $image } }
        @{ name = 'OciImageConfig'; make = { Get-OciImageConfig $image } }
        @{ name = 'OciHistoryEntry'; make = { (Get-OciImageConfig $image).History[0] } }
        @{ name = 'OciTag'; make = { Get-OciTag "oci:$root/image" -Name 1 } }
        @{ name = 'OciImageFile'; make = { Get-OciImageFile $image -LiteralPath usr/bin/tool-again -Type HardLink } }
        @{ name = 'OciFileMatch'; make = { Get-OciImageFile $image -LiteralPath app/.env | Select-OciFileString -Pattern '(PASS)WORD' } }
        @{ name = 'OciPublishedImage'; make = { Copy-OciImage $image "oci:$root/copy:1" } }
        @{
            name = 'OciRewrittenImage'
            make = { Remove-OciImageFile "oci:$root/multi:1" -Path *.env, *.key -Destination "oci:$root/clean:$depth" }
        }
        @{ name = 'OciImageDifference'; make = { Compare-OciImage $image "oci:$root/clean:1" } }
        @{ name = 'OciContainerSource'; make = { $inputs | Get-OciContainerSource } }
        @{
            name = 'OciMergedIndex'
            make = {
                $null = Copy-OciImage $image "dir:$root/dir$depth"
                Merge-OciManifestList -ManifestList "$root/lists/list.json" -ImageDirectory "$root/dir$depth"
            }
        }
        @{
            name = 'OciRegistryConnection'
            make = {
                $credential = [pscredential]::new('me', [Net.NetworkCredential]::new('me', 'secret').SecurePassword)
                Connect-OciRegistry $server.Name -Credential $credential -PlainHttp -Mirror mirror.example.com
            }
        }
    ) {
        $before = & $make
        $after = $before | Restore-Object $depth
        foreach ($one in $after) { $one.GetType().FullName | Should -Be "OciPS.$name" }
        ConvertTo-Json -Depth 6 -InputObject $after | Should -BeExactly (ConvertTo-Json -Depth 6 -InputObject $before)
        "$after" | Should -BeExactly "$before"
    }
}

Describe 'A file that comes back' {
    BeforeAll { $files = Get-OciImageFile $image -Type File, HardLink | Restore-Object 1 }

    It 'has its content' {
        $files.FullName | Should -Be @('etc/os-release', 'etc/ssl/private/server.key', 'usr/bin/tool', 'usr/bin/tool-again', 'app/main.sh',
            'app/.env', 'app/README.md')
        $files[0].ReadAllText() | Should -BeExactly "NAME=`"Quickstart`"`nID=quickstart`n"
        $files[3].ReadAllText() | Should -BeExactly "#!/bin/sh`necho tool`n"
        $files[5].ReadAllText() | Should -BeExactly "PASSWORD=not-a-real-one`n"
    }

    It 'binds as before' {
        ($files | Export-OciImageFile "$root/out").Count | Should -Be 7
        Get-Content -Raw "$root/out/app/.env" | Should -BeExactly "PASSWORD=not-a-real-one`n"
        $rewritten = $files | Where-Object Name -Like *.key | Remove-OciImageFile -Destination "oci:$root/image:clean"
        $rewritten.RemovedFiles.FullName | Should -Be etc/ssl/private/server.key
        ($files[0] | Get-OciManifest).Reference | Should -Be $image
        ($files | Format-Table | Out-String) | Should -BeLike '*-rwxr-xr-x*usr/bin/tool*'
    }

    It 'says so where its layer is gone' {
        $null = Copy-OciImage $image "oci:$root/moved:1"
        $file = Get-OciImageFile "oci:$root/moved:1" -LiteralPath app/.env | Restore-Object 1
        $null = Remove-OciImageFile "oci:$root/moved:1" -Path app/.env -Force
        { $file.ReadAllText() } | Should -Throw '*no longer has that layer*'
        $file | Export-OciImageFile "$root/gone" -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'FileNotFoundInImage,OciPS.Commands.ExportOciImageFileCommand'
    }

    It 'is not made of what is none' {
        $text = (Get-Content -Raw (Get-OciImageFile $image -LiteralPath app/.env | ForEach-Object {
                    $_ | Export-Clixml "$root/one.xml"
                    "$root/one.xml"
                }))
        $text -replace 'sha256:[0-9a-f]{64}', 'sha256:none' | Set-Content "$root/damaged.xml"
        $text -replace '<S N="Reference">[^<]*', '<S N="Reference">' | Set-Content "$root/empty.xml"
        $text -replace '(N="LayerIndex">)\d+', '${1}2000000000' | Set-Content "$root/many.xml"
        foreach ($file in Import-Clixml "$root/damaged.xml", "$root/empty.xml", "$root/many.xml") {
            $file.PSTypeNames[0] | Should -Be Deserialized.OciPS.OciImageFile
            $file.FullName | Should -Be app/.env
        }
    }
}

Describe 'From another process' {
    It 'comes out of a job as itself, whatever the culture' {
        $job = Start-Job -ArgumentList $module, $image {
            param($module, $image)
            [cultureinfo]::CurrentCulture = 'de-DE'
            Import-Module $module
            Get-OciImageFile $image -LiteralPath app/.env
            Get-OciManifest $image
        }
        $file, $manifest = Receive-Job $job -Wait -AutoRemoveJob
        $direct = Get-OciImageFile $image -LiteralPath app/.env
        $file.GetType().FullName | Should -Be OciPS.OciImageFile
        $file.LastWriteTime | Should -Be $direct.LastWriteTime
        $file.ReadAllText() | Should -BeExactly "PASSWORD=not-a-real-one`n"
        $manifest.Layers.Digest | Should -Be (Get-OciManifest $image).Layers.Digest
        ($manifest | Get-OciImageFile).Count | Should -Be 6
    }

    It 'comes out of a job as itself: sources, merged indexes and connections' {
        Disconnect-OciRegistry $server.Name -ErrorAction Ignore
        $job = Start-Job -ArgumentList $module, $inputs, $image, "$root/job", "$root/lists/list.json", $server.Name {
            param($module, $inputs, $image, $folder, $list, $registry)
            Import-Module $module
            $inputs | Get-OciContainerSource
            $null = Copy-OciImage $image "dir:$folder"
            Merge-OciManifestList -ManifestList $list -ImageDirectory $folder
            Connect-OciRegistry $registry -PlainHttp -Mirror mirror.example.com
        }
        $source, $merged, $connection = Receive-Job $job -Wait -AutoRemoveJob

        $source.GetType().FullName | Should -Be OciPS.OciContainerSource
        ($source | Copy-OciImage -Destination "oci:$root/from-job:1" -Sparse).Digest |
            Should -Be (Get-OciManifest "oci:$root/multi:1").Digest
        $merged.GetType().FullName | Should -Be OciPS.OciMergedIndex
        $merged.Changed | Should -BeTrue
        ($merged | Get-OciImageFile).Count | Should -Be 6
        $connection.GetType().FullName | Should -Be OciPS.OciRegistryConnection
        $connection.Registry, $connection.Mirror, $connection.PlainHttp | Should -Be @($server.Name, 'mirror.example.com', $true)
        # What another process is connected to, this one is not.
        Get-OciRegistryConnection | Where-Object Registry -EQ $connection.Registry | Should -BeNullOrEmpty
    }

    It 'goes into a job as itself' {
        $job = Get-OciImageFile $image -LiteralPath app/.env | Start-Job -ArgumentList $module {
            param($module)
            Import-Module $module
            $input | ForEach-Object { $_.PSTypeNames[0]; $_.FullName }
        }
        (Receive-Job $job -Wait -AutoRemoveJob)[1] | Should -Be app/.env
    }

    It 'binds by its properties where the file was read before the module was imported' {
        Get-OciTag "oci:$root/image" -Name 1 | Export-Clixml "$root/early.xml"
        $said = pwsh -NoProfile -Command (
            "`$tag = Import-Clixml '$root/early.xml'; `$tag.PSTypeNames[0]; " +
            "Import-Module '$module'; (`$tag | Get-OciManifest).Layers.Count")
        $said | Should -Be @('Deserialized.OciPS.OciTag', '3')
    }
}
