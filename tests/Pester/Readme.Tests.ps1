# SPDX-License-Identifier: MIT

# The README's blocks, typed one after the other into one session of pwsh, which knows the module by its name only.
# Registries are two of docker-registry's; what the blocks did is asked of those over HTTP, not of the module.

BeforeDiscovery {
    $readme = (Get-Content "$PSScriptRoot/../../README.md" -Raw).ReplaceLineEndings("`n")
    $found = [regex]::Matches($readme, '(?ms)^```powershell\n(?<code>.*?)^```|(?<=\n\n)(?<code>(    [^\n]*\n)+)')
    $blocks = foreach ($match in $found) { $match.Groups['code'].Value -replace '(?m)^    (?=\S)' }

    # What a block has to show ('Shows', a pattern) and to do ('Does'), or why it is not typed ('Not').
    $known = @(
        @{ Has = 'BEGIN .*PRIVATE KEY'; Shows = '/team/app:clean'; Does = {
                Get-TagFile team/app clean | Should -Not -Contain etc/tls.key
            }
        }
        @{ Has = 'Quickstart.ps1'; Not = 'a step of its own in .ci/run' }
        @{ Has = 'dotnet test OciPS.sln'; Not = 'it is what runs the tests' }
        @{ Has = "'PRIVATE KEY' -List$"; Shows = 'etc/tls\.key[\s\S]*-----BEGIN PRIVATE KEY-----' }
        @{ Has = 'clean/app:\$\(\$_.Tag\)'; Shows = '/clean/app:1'; Does = {
                Get-TagFile clean/app 1 | Should -Not -Contain etc/tls.key
                Get-TagFile clean/app 1 | Should -Contain etc/public.pem
            } }
        @{ Has = 'app:slim$'; Shows = '/team/app:slim'; Does = {
                Get-TagFile team/app slim | Where-Object { $_ -like 'usr/share/doc/?*' } | Should -BeNullOrEmpty
            }
        }
        @{ Has = 'mirror.example.com'; Shows = '/team/app:1'; Does = {
                (Get-TagDocument team/app 1 -On $mirror).config.digest | Should -Be (Get-TagDocument team/app 1).config.digest
            } }
        @{ Has = '-AdditionalTag build-17'; Shows = 'build-17'; Does = { Get-TagName team/app | Should -Contain build-17 } }
        @{ Has = 'Merge-OciManifestList'; Shows = '/team/app:2'; Does = {
                (Get-TagDocument team/app 2).manifests.platform.architecture | Should -Be amd64, arm64
            } }
        @{ Has = 'clamscan'; Shows = '(?m)^sha256:[0-9a-f]{64}\.tar' }
        @{ Has = 'Compare-OciImage'; Shows = 'usr/share/doc/readme' }
        @{ Has = "'SetUser'"; Shows = '(?m)usr/bin/su\b' }
        @{ Has = "'0', 'root'"; Shows = 'linux/amd64' }
        @{ Has = '^dotnet build'; Shows = '^\s*$' }
        @{ Has = 'OciPS.Shell -- -NoProfile -Command'; Shows = 'FullName\s+: etc/tls\.key' }
        @{ Has = 'Register-PSResourceRepository'; Shows = '^\s*$'; Does = {
                Get-ChildItem "$root/home" -Recurse -Force -Filter OciPS.psd1 | Should -HaveCount 1
            }
        }
    )
    $cases = for ($i = 0; $i -lt @($blocks).Count; $i++) {
        @{
            Number = $i; Code = $blocks[$i]; Line = $blocks[$i].Split("`n")[0]
            Known  = @($known).Where({ $blocks[$i].Trim() -match "(?m)$($_.Has)" })
        }
    }
    $here = [bool](Get-Command docker-registry -CommandType Application -ErrorAction Ignore) -or $env:OCIPS_REQUIRE_PEERS -eq '1'
}

Describe 'README.md' {
    It 'has a test for the block of: <Line>' -ForEach $cases {
        $Known | Should -HaveCount 1 -Because 'each block is told here what it has to show, or why it is not typed'
    }
}

Describe 'README.md, typed in pwsh' -Skip:(-not $here) -ForEach @{ Blocks = $cases } {
    BeforeAll {
        $root = (New-Item (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())) -ItemType Directory).FullName
        $servers = [Collections.Generic.List[Diagnostics.Process]]::new()

        function Start-Registry {
            $listener = [Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
            $listener.Start()
            $address = "$($listener.LocalEndpoint)"
            $listener.Stop()
            $data = New-Item (Join-Path $root ([guid]::NewGuid())) -ItemType Directory
            $config = Join-Path $data config.yml
            @{ version = 0.1; storage = @{ filesystem = @{ rootdirectory = "$data" } }; http = @{ addr = $address } } |
                ConvertTo-Json -Depth 5 | Set-Content $config
            $output = @{ RedirectStandardError = "$data/log"; RedirectStandardOutput = "$data/out" }
            $servers.Add((Start-Process docker-registry -ArgumentList serve, $config @output -PassThru))
            $port = $address.Split(':')[1]
            for ($i = 0; $i -lt 300 -and -not (Test-Connection 127.0.0.1 -TcpPort $port -Quiet); $i++) { Start-Sleep -Milliseconds 100 }
            $address
        }

        function Get-TagName([string] $Repository) { (Invoke-RestMethod "http://$registry/v2/$Repository/tags/list").tags }

        function Get-TagDocument([string] $Repository, [string] $Tag, [string] $On = $registry) {
            $types = 'application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json',
                'application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.docker.distribution.manifest.v2+json'
            $text = Invoke-WebRequest "http://$On/v2/$Repository/manifests/$Tag" -Headers @{ Accept = $types -join ', ' }
            [Text.Encoding]::UTF8.GetString($text.Content) | ConvertFrom-Json
        }

        # The names in all layers, as tar lists them.
        function Get-TagFile([string] $Repository, [string] $Tag) {
            foreach ($layer in (Get-TagDocument $Repository $Tag).layers) {
                $blob = Join-Path $root ([guid]::NewGuid())
                Invoke-WebRequest "http://$registry/v2/$Repository/blobs/$($layer.digest)" -OutFile $blob
                tar -tf $blob
            }
        }

        # As kaniko writes it: a config, layers and manifest.json in a tar.
        function New-Tarball([string] $Path, [string] $Architecture) {
            $image = New-Item "$root/image-$Architecture" -ItemType Directory
            New-Item "$image/tree/etc", "$image/tree/usr/share/doc", "$image/tree/usr/bin" -ItemType Directory | Out-Null
            "-----BEGIN PRIVATE KEY-----`n$Architecture" | Set-Content "$image/tree/etc/tls.key"
            'a certificate' | Set-Content "$image/tree/etc/public.pem"
            'text' | Set-Content "$image/tree/usr/share/doc/readme"
            'su' | Set-Content "$image/tree/usr/bin/su"
            chmod 4755 "$image/tree/usr/bin/su"
            tar -cf "$image/layer.tar" -C "$image/tree" etc usr
            $diffId = 'sha256:' + (Get-FileHash "$image/layer.tar").Hash.ToLowerInvariant()
            @{ architecture = $Architecture; os = 'linux'; config = @{}; rootfs = @{ type = 'layers'; diff_ids = @($diffId) } } |
                ConvertTo-Json -Depth 5 | Set-Content "$image/config.json"
            $name = (Get-FileHash "$image/config.json").Hash.ToLowerInvariant()
            $layer = $diffId.Substring(7) + '.tar.gz'
            Move-Item "$image/config.json" "$image/sha256:$name"
            gzip -n "$image/layer.tar"
            Move-Item "$image/layer.tar.gz" "$image/$layer"
            ConvertTo-Json @(@{ Config = "sha256:$name"; RepoTags = @('app:1'); Layers = @($layer) }) -Depth 5 |
                Set-Content "$image/manifest.json"
            tar -cf $Path -C $image "sha256:$name" $layer manifest.json
        }

        $registry = Start-Registry
        $mirror = Start-Registry
        $project = (Resolve-Path "$PSScriptRoot/../..").Path
        New-Item "$root/work/artifacts", "$root/bin", "$root/home", "$root/feed" -ItemType Directory | Out-Null
        New-Item "$root/work/artifacts/OciPS" -ItemType SymbolicLink -Target "$project/artifacts/OciPS" | Out-Null
        New-Item "$root/work/src" -ItemType SymbolicLink -Target "$project/src" | Out-Null
        New-Tarball "$root/work/app.tar" amd64
        New-Tarball "$root/arm64.tar" arm64
        # A scanner that says what it is given.
        "#!/bin/sh`nexec tar -tf -" | Set-Content "$root/bin/clamscan"
        chmod +x "$root/bin/clamscan"
        $built = (Test-Path "$project/src/OciPS/bin/Debug") ? 'Debug' : 'Release'
        dotnet pack "$project/src/OciPS" --configuration $built --no-build --verbosity quiet --output "$root/work/artifacts" | Out-Null

        function ConvertTo-Typed([string] $Code) {
            # What was built is not built again; all else is typed as it stands, but for where it happens.
            $Code -replace '(?m)^dotnet build\n' -replace 'dotnet run ', 'dotnet run --no-build ' -replace
                'mirror\.example\.com', $mirror -replace
                'registry\.example\.com', $registry -replace '/srv/feed', "$root/feed"
        }

        $session = @(
            '$PSStyle.OutputRendering = "PlainText"; $ErrorView = "ConciseView"'
            "`$null = Publish-OciKanikoImage ./app.tar $registry/team/app:1 -AdditionalTag amd64"
            "`$null = Publish-OciKanikoImage $root/arm64.tar $registry/team/app:arm64"
            $Blocks | Where-Object { -not $_.Known.Not } | ForEach-Object {
                "'#### begin $($_.Number)'; `$Error.Clear()"
                ConvertTo-Typed $_.Code
                ''
                # What a pipeline over several lines lacks until its last one is no error.
                ("`$Error | Where-Object { `$_ -notmatch 'IncompleteParse' } | ForEach-Object { `"#### error `$_`" }; " +
                    "'#### end $($_.Number)'")
            }
        ) -join "`n"
        $start = [Diagnostics.ProcessStartInfo]@{
            FileName = [Environment]::ProcessPath
            # As a tool of .NET, pwsh is an assembly that dotnet runs.
            Arguments = ((Split-Path ([Environment]::ProcessPath) -LeafBase) -eq 'dotnet' ? "`"$PSHOME/pwsh.dll`" " : '') +
                '-NoProfile -NonInteractive -Command -'
            WorkingDirectory = "$root/work"
            RedirectStandardInput = $true
            RedirectStandardOutput = $true
            RedirectStandardError = $true
        }
        $start.Environment['PSModulePath'] = "$root/work/artifacts"
        $start.Environment['PATH'] = "$root/bin" + [IO.Path]::PathSeparator + $env:PATH
        $start.Environment['HOME'] = "$root/home"
        $start.Environment['NO_COLOR'] = '1'
        $start.Environment['TERM'] = 'dumb'
        $start.Environment['COLUMNS'] = '200'
        $pwsh = [Diagnostics.Process]::Start($start)
        $faults = $pwsh.StandardError.ReadToEndAsync()
        $shown = $pwsh.StandardOutput.ReadToEndAsync()
        $pwsh.StandardInput.Write("$session`n")
        $pwsh.StandardInput.Close()
        $pwsh.WaitForExit()
        # Without what switches a terminal's modes.
        $transcript = $shown.Result -replace '\e\[[?0-9;]*[a-zA-Z]'
    }

    AfterAll {
        $servers | ForEach-Object { $_.Kill(); $_.WaitForExit() }
        Remove-Item -LiteralPath $root -Recurse -Force
    }

    It 'does what it says: <Line>' -ForEach $cases {
        if ($Known[0].Not) {
            Set-ItResult -Skipped -Because $Known[0].Not
        }

        $transcript -match "(?s)#### begin $Number\r?\n(.*?)#### end $Number\b" |
            Should -BeTrue -Because "the session says $($faults.Result)"
        $text = $Matches[1]
        $text | Should -Not -Match '#### error'
        $text | Should -Match $Known[0].Shows
        if ($Known[0].Does) { & $Known[0].Does }
    }
}
