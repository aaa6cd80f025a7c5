# SPDX-License-Identifier: MIT

# What people who live in pwsh expect without thinking.
BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1" -Force
    # Jobs load the module by the names of its cmdlets, as where it is installed.
    $modulePath = $env:PSModulePath
    $env:PSModulePath = (Resolve-Path "$PSScriptRoot/../../artifacts").Path + [IO.Path]::PathSeparator + $modulePath
    $root = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
    $null = New-Item -ItemType Directory -Path $root, "$root/layer/etc", "$root/layer/app"
    'one' | Set-Content "$root/layer/etc/one.conf"
    'x' * 5000 | Set-Content "$root/layer/app/large"
    'secret' | Set-Content "$root/layer/app/secret.key"
    tar -C "$root/layer" -cf "$root/layer.tar" etc app
    $diffId = (Get-FileHash "$root/layer.tar").Hash.ToLowerInvariant()
    $null = New-Item -ItemType Directory -Path "$root/tarball/$diffId"
    Copy-Item "$root/layer.tar" "$root/tarball/$diffId/layer.tar"
    '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:' + $diffId +
        '"]},"history":[{"created_by":"test"}]}' | Set-Content -NoNewline "$root/tarball/config.json"
    '[{"Config":"config.json","RepoTags":["app:1"],"Layers":["' + $diffId + '/layer.tar"]}]' |
        Set-Content -NoNewline "$root/tarball/manifest.json"
    tar -C "$root/tarball" -cf "$root/app.tar" manifest.json config.json $diffId
    Push-Location $root
    $env:OCIPS_LAYER_CACHE = 'off'
}

AfterAll {
    Pop-Location
    Remove-Item -Recurse -Force $root
    $env:PSModulePath = $modulePath
}

Describe 'Going in' {
    It 'takes strings, objects of its own, and anything with a property <_>' -ForEach 'Reference', 'Image', 'ImageName' {
        "$_`ndocker-archive:app.tar" | Set-Content images.csv
        (Import-Csv images.csv | Get-OciManifest).Layers | Should -HaveCount 1
        ("{ `"$_`": `"docker-archive:app.tar`", `"other`": 1 }" | ConvertFrom-Json | Get-OciImageConfig).Platform | Should -Be 'linux/amd64'
        ('docker-archive:app.tar' | Get-OciManifest | Get-OciImageFile) | Should -HaveCount 3
    }

    It 'feeds every reading cmdlet with what <name> emits' -ForEach @(
        @{ name = 'Copy-OciImage'; work = { Copy-OciImage docker-archive:app.tar oci:flow:copy } }
        @{ name = 'Remove-OciImageFile'; work = { Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:flow:remove } }
        @{ name = 'Publish-OciKanikoImage'; work = { Publish-OciKanikoImage app.tar oci:flow:publish } }
        @{ name = 'Repair-OciImage'; work = { Repair-OciImage docker-archive:app.tar oci:flow:repair } }
        @{ name = 'Merge-OciManifestList'; work = { Copy-OciImage docker-archive:app.tar oci:flow:part |
            Merge-OciManifestList -Destination oci:flow:merged } }
    ) {
        $written = & $work
        foreach ($cmdlet in 'Get-OciManifest', 'Get-OciImageConfig', 'Get-OciPlatform', 'Get-OciImageFile', 'Get-OciTag') {
            $written | & $cmdlet | Should -Not -BeNullOrEmpty -Because $cmdlet
        }
        $written | Export-OciImageLayer -AsByteStream | Should -Not -BeNullOrEmpty
        $written | Compare-OciImage -DifferenceReference docker-archive:app.tar -Path etc/one.conf -ErrorVariable problems |
            Should -BeNullOrEmpty
        $problems | Should -BeNullOrEmpty
        $written | Copy-OciImage -Destination { "oci:again:$($_.Tag)" } | Should -HaveCount 1
    }
}

Describe 'Coming out' {
    It 'has numbers and dates to sort and to ask for' {
        $files = Get-OciImageFile docker-archive:app.tar
        ($files | Sort-Object Size -Descending | Select-Object -First 1).Name | Should -Be 'large'
        $files | Where-Object LastWriteTime -gt (Get-Date).AddDays(-1) | Should -HaveCount 3
        $files | Where-Object LastWriteTime -gt (Get-Date).AddDays(1) | Should -BeNullOrEmpty
    }

    It 'has its content at hand in the pipeline' {
        Get-OciImageFile docker-archive:app.tar -Path *.conf | ForEach-Object {
            $reader = [IO.StreamReader]::new($PSItem.OpenRead())
            try { $reader.ReadToEnd().Trim() } finally { $reader.Dispose() }
        } | Should -Be 'one'
    }

    It 'is gathered by -OutVariable, and seen by -PipelineVariable' {
        $null = Get-OciImageFile docker-archive:app.tar -OutVariable files
        $files | Should -HaveCount 3
        Get-OciTag docker-archive:app.tar -PipelineVariable tag | Get-OciImageFile -Path *.key |
            ForEach-Object { "$($tag.Name) $($_.Name)" } | Should -Be 'app:1 secret.key'
    }

    It 'ends where Select-Object -First has enough' {
        Get-OciImageFile docker-archive:app.tar | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'shows nothing wider than 120 columns for <_>' -ForEach @(
        'Get-OciManifest docker-archive:app.tar', 'Get-OciImageConfig docker-archive:app.tar', 'Get-OciPlatform docker-archive:app.tar',
            'Get-OciImageFile docker-archive:app.tar'
        'Get-OciTag docker-archive:app.tar', 'Copy-OciImage docker-archive:app.tar oci:view:1',
            'Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:view:2'
        'Compare-OciImage oci:view:1 oci:view:2', '(Get-OciManifest docker-archive:app.tar).Layers',
            'Get-OciManifest docker-archive:app.tar | Format-List'
        'Get-OciImageFile docker-archive:app.tar | Format-List',
            'Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:view:3 | Format-List'
        'Get-OciImageConfig docker-archive:app.tar | Format-Table', '(Get-OciManifest docker-archive:app.tar).Layers | Format-List',
            'Get-OciPlatform docker-archive:app.tar | Format-List'
    ) {
        $PSStyle.OutputRendering = 'PlainText'
        $lines = & ([scriptblock]::Create($_)) | Out-String -Stream -Width 120
        $lines | Should -Not -BeNullOrEmpty
        $lines | Where-Object Length -gt 120 | Should -BeNullOrEmpty
    }

    It 'has room for the reference of a manifest in a window of 80 columns' {
        $PSStyle.OutputRendering = 'PlainText'
        $lines = Get-OciManifest docker-archive:app.tar | Out-String -Stream -Width 80 | Where-Object { $_ }
        $lines | Should -HaveCount 3
        $lines[0] | Should -BeLike '* Reference*'
    }

    It 'completes the platforms of a drive that is to be made' {
        $null = Copy-OciImage docker-archive:app.tar oci:drive:1 -Mode NormaliseToMultiArch
        $text = 'New-PSDrive app -PSProvider Oci -Root oci:drive:1 -Platform '
        (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText | Should -Be "$((Get-OciPlatform oci:drive:1))"
    }
}

Describe 'Views' {
    It 'has a table and a list for <_>' -ForEach @(
        'OciContainerSource', 'OciHistoryEntry', 'OciImageConfig', 'OciImageDifference', 'OciImageFile', 'OciIndex', 'OciManifest',
            'OciPlatform', 'OciPublishedImage'
        'OciRegistryConnection', 'OciRewrittenImage', 'OciTag', 'OciDescriptor', 'OciDescriptorPlatform'
    ) {
        $controls = (Get-FormatData -TypeName "OciPS.$_").FormatViewDefinition.Control | ForEach-Object { $_.GetType().Name }
        $controls | Should -Contain TableControl
        $controls | Should -Contain ListControl
    }

    It 'shows sizes and modes in a list as in a table' {
        $PSStyle.OutputRendering = 'PlainText'
        $text = Get-OciImageFile docker-archive:app.tar -Path etc/one.conf | Format-List | Out-String
        $text | Should -Match 'Size +: \d+ B'
        $text | Should -Match 'Mode +: -rw'
    }
}

Describe 'Going wrong' {
    It 'does as Get-ChildItem does' {
        $seen = 'docker-archive:app.tar', 'oci:no/such:1', 'docker-archive:app.tar' |
            Get-OciManifest -ErrorVariable problems -ErrorAction SilentlyContinue
        $? | Should -BeFalse
        $seen | Should -HaveCount 2
        $problems | Should -HaveCount 1
        $problems[0].TargetObject | Should -Be 'oci:no/such:1'
        { Get-OciManifest oci:no/such:1 -ErrorAction Stop } | Should -Throw -ErrorId '*,OciPS.Commands.GetOciManifestCommand'
        $Error.Clear()
        Get-OciManifest oci:no/such:1 -ErrorAction Ignore
        $Error | Should -BeNullOrEmpty
    }

    It 'refuses with -NoClobber what is there' {
        $null = Copy-OciImage docker-archive:app.tar oci:clobber:1
        try { Copy-OciImage docker-archive:app.tar oci:clobber:1 -NoClobber -ErrorAction Stop } catch { $id = $_.FullyQualifiedErrorId }
        $id | Should -BeLike 'TagExists,*'
    }

    It 'writes nothing with -WhatIf: <_>' -ForEach @(
        'Copy-OciImage docker-archive:app.tar oci:whatif:1',
            'Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:whatif:1',
            'Publish-OciKanikoImage app.tar oci:whatif:1'
        'Repair-OciImage docker-archive:app.tar oci:whatif:1', 'Merge-OciManifestList docker-archive:app.tar oci:whatif:1',
            'Get-OciImageFile docker-archive:app.tar | Export-OciImageFile whatif'
    ) {
        & ([scriptblock]::Create("$_ -WhatIf")) | Should -BeNullOrEmpty
        Test-Path whatif | Should -BeFalse
    }
}

Describe 'Elsewhere' {
    It 'works in a thread job' {
        $job = Start-ThreadJob { Copy-OciImage "docker-archive:$using:root/app.tar" "oci:$using:root/job:1" }
        (Receive-Job $job -Wait -AutoRemoveJob).Changed | Should -BeTrue
    }

    It 'completes references and platforms' {
        $null = Copy-OciImage docker-archive:app.tar oci:typed:1.5
        (TabExpansion2 'Get-OciManifest oci:typed:1').CompletionMatches.CompletionText | Should -Be 'oci:typed:1.5'
        (TabExpansion2 'Copy-OciImage oci:typed:1.5 oci:x:y -Platform ').CompletionMatches.CompletionText | Should -Be 'linux/amd64'
    }

    It 'forgets its connections when it is removed, and can be imported again' {
        $module = (Get-Module OciPS).Path
        Remove-Module OciPS
        Get-Module OciPS | Should -BeNullOrEmpty
        Import-Module ([IO.Path]::ChangeExtension($module, 'psd1'))
        (Get-OciManifest docker-archive:app.tar).Layers | Should -HaveCount 1
    }

    It 'is found by the name of a cmdlet, from the package that is made of it' {
        $built = (Test-Path "$PSScriptRoot/../../src/OciPS/bin/Debug") ? 'Debug' : 'Release'
        dotnet pack "$PSScriptRoot/../../src/OciPS" --configuration $built --no-build --verbosity quiet --output "$root/package" | Out-Null
        $LASTEXITCODE | Should -Be 0
        $package = Get-Item "$root/package/OciPS.*.nupkg"
        $version = (Import-PowerShellDataFile "$PSScriptRoot/../../OciPS.psd1").ModuleVersion
        $package.Name | Should -Be "OciPS.$version.nupkg"
        [IO.Compression.ZipFile]::ExtractToDirectory($package.FullName, "$root/modules/OciPS/$version")
        $command = "`$env:PSModulePath = '$root/modules' + [IO.Path]::PathSeparator + `$env:PSModulePath; " +
            "(Get-OciTag 'docker-archive:$root/app.tar').Name; (Get-Module OciPS).Version.ToString()"
        pwsh -NoProfile -Command $command | Should -Be 'app:1', $version
    }

    It 'is published to a folder and installed from it' -Skip:(-not (Get-Module Microsoft.PowerShell.PSResourceGet -ListAvailable)) {
        $package = Get-Item "$root/package/OciPS.*.nupkg"
        New-Item -ItemType Directory "$root/feed", "$root/home" | Out-Null
        $feed = "OciPS-$([guid]::NewGuid().ToString('N'))"
        Register-PSResourceRepository -Name $feed -Uri "$root/feed" -Trusted
        try {
            Publish-PSResource -NupkgPath $package.FullName -Repository $feed
            (Find-PSResource OciPS -Repository $feed).Version.ToString() |
                Should -Be (Import-PowerShellDataFile "$PSScriptRoot/../../OciPS.psd1").ModuleVersion
            Save-PSResource OciPS -Repository $feed -Path "$root/home" -TrustRepository
            (Test-ModuleManifest "$root/home/OciPS/*/OciPS.psd1").ExportedCmdlets.Keys | Should -Contain Get-OciManifest
        } finally {
            Unregister-PSResourceRepository -Name $feed
        }
    }
}

Describe 'Where nobody can be asked' {
    It 'refuses to replace an image in its place, and names -Force' {
        $null = Copy-OciImage docker-archive:app.tar oci:alone:1
        $digest = (Get-OciManifest oci:alone:1).Digest
        # Where pwsh is a tool, the process is dotnet's.
        $pwsh = (Get-Process -Id $PID).Path
        $arguments = @(if ([IO.Path]::GetFileNameWithoutExtension($pwsh) -eq 'dotnet') { "$PSHOME/pwsh.dll" })
        $module = (Resolve-Path "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1").Path
        $command = "Import-Module '$module'; Remove-OciImageFile oci:alone:1 -Path *.key"
        $said = & $pwsh @arguments -NoProfile -NonInteractive -Command $command 2>&1 | Out-String
        $said | Should -BeLike '*-Force*'
        $said | Should -Not -BeLike '*NonInteractive mode*'
        (Get-OciManifest oci:alone:1).Digest | Should -Be $digest
        $command = "Import-Module '$module'; `$null = Remove-OciImageFile oci:alone:1 -Path *.key -Force"
        & $pwsh @arguments -NoProfile -NonInteractive -Command $command
        (Get-OciManifest oci:alone:1).Digest | Should -Not -Be $digest
    }
}
