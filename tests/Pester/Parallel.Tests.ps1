# SPDX-License-Identifier: MIT

# Many runspaces of real pwsh that work with one real registry at once.

BeforeDiscovery {
    $script:hasNoRegistry = -not (Get-Command docker-registry -CommandType Application -ErrorAction Ignore)
}

Describe 'ForEach-Object -Parallel' -Skip:$hasNoRegistry {
    BeforeAll {
        $script:module = "$PSScriptRoot/../../artifacts/OciPS"
        Import-Module $module -Force
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $script:registry = "127.0.0.1:$($listener.LocalEndpoint.Port)"
        $listener.Stop()
        @"
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: '$TestDrive/registry' } }
http: { addr: '$registry' }
"@ | Set-Content "$TestDrive/registry.yml"
        $start = [System.Diagnostics.ProcessStartInfo]::new('docker-registry', [string[]]('serve', "$TestDrive/registry.yml"))
        $start.RedirectStandardError = $start.RedirectStandardOutput = $true
        $script:server = [System.Diagnostics.Process]::Start($start)
        $server.BeginErrorReadLine()
        $server.BeginOutputReadLine()
        foreach ($attempt in 1..100) {
            try { $null = Invoke-WebRequest "http://$registry/v2/"; break } catch { Start-Sleep -Milliseconds 100 }
        }
        $script:tarball = "$PSScriptRoot/../data/kaniko-app.tar"
    }

    AfterAll {
        if ($server) {
            $server.Kill()
            $server.WaitForExit()
        }
    }

    It 'copies and filters in 32 runspaces at once' {
        $results = 1..32 | ForEach-Object -ThrottleLimit 32 -TimeoutSeconds 120 -Parallel {
            $ErrorActionPreference = 'Stop'
            Import-Module $using:module
            $registry = $using:registry
            $null = Publish-OciKanikoImage -Path $using:tarball -Reference "$registry/team/app${_}:1" -Format Oci
            $copy = Copy-OciImage "$registry/team/app${_}:1" "$registry/copy/app${_}:1" -Annotation @{ number = "$_" }
            $clean = Remove-OciImageFile "$registry/copy/app${_}:1" -Path '*.key' -Destination "$registry/copy/app${_}:clean"
            [pscustomobject]@{
                Number = $_; Copy = "$($copy.Digest)"; Clean = "$($clean.Digest)"; Removed = @($clean.RemovedFiles.FullName)
            }
        }
        $results.Copy | Select-Object -Unique | Should -HaveCount 32
        foreach ($result in $results) {
            $result.Removed | Should -Be 'etc/ssl/private/server.key'
            $address = "http://$registry/v2/copy/app$($result.Number)/manifests"
            $headers = @{ Accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' }
            (Invoke-WebRequest "$address/1" -Headers $headers).Headers['Docker-Content-Digest'] | Should -Be $result.Copy
            (Invoke-WebRequest "$address/clean" -Headers $headers).Headers['Docker-Content-Digest'] | Should -Be $result.Clean
            (Get-OciImageFile "$registry/copy/app$($result.Number):clean").FullName | Should -Not -Contain 'etc/ssl/private/server.key'
        }
    }
}
