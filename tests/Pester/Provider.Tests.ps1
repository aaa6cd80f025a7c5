# SPDX-License-Identifier: MIT

# Drives over images, with PowerShell's own cmdlets, on an image that Python packed and umoci put together.

BeforeDiscovery {
    $script:hasTools = -not ('umoci', 'python3' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/OciPS" -Force
    $env:OCIPS_LAYER_CACHE = "$TestDrive/cache"

    # A registry with one image whose layer never comes.
    function Start-SlowRegistry([string] $layout, [string] $image) {
        $listener = [System.Net.HttpListener]::new()
        $port = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0).ForEach{ $_.Start(); $_.LocalEndpoint.Port; $_.Stop() }[0]
        $listener.Prefixes.Add("http://127.0.0.1:$port/")
        $listener.Start()
        $manifest = Get-OciManifest "oci:${layout}:$image"
        $null = Start-ThreadJob -ArgumentList $listener, $manifest.RawJson, $manifest.MediaType {
            param($listener, $json, $type)
            $held = [System.Collections.Generic.List[object]]::new()
            while ($listener.IsListening) {
                $context = $listener.GetContext()
                if ($context.Request.Url.AbsolutePath -like '*/blobs/*') {
                    $held.Add($context)
                    continue
                }
                if ($context.Request.Url.AbsolutePath -like '*/manifests/*') {
                    $bytes = [System.Text.Encoding]::UTF8.GetBytes($json)
                    $context.Response.ContentType = $type
                    $context.Response.OutputStream.Write($bytes)
                }
                $context.Response.Close()
            }
        }
        $listener
    }
}

AfterAll {
    $env:OCIPS_LAYER_CACHE = $null
}

Describe 'A drive over an image' -Skip:(-not $hasTools) {
    BeforeAll {
        @'
import io, sys, tarfile
folder = sys.argv[1]
class Layer:
    def __init__(self, name): self.tar = tarfile.open(f'{folder}/{name}', 'w', format=tarfile.PAX_FORMAT)
    def add(self, name, content=None, type=tarfile.REGTYPE, link=''):
        entry = tarfile.TarInfo(name); entry.type = type; entry.linkname = link; entry.mtime = 1_700_000_000
        entry.mode = 0o755 if type == tarfile.DIRTYPE else 0o644
        entry.size = len(content or b'')
        self.tar.addfile(entry, io.BytesIO(content or b''))
        return self
one = Layer('one.tar')
one.add('etc', type=tarfile.DIRTYPE).add('etc/os-release', b'NAME=example\nVERSION=1\n')
one.add('etc/a.conf', b'a\n').add('etc/gone.conf', b'gone\n')
one.add('etc/we[i]rd.txt', b'brackets\n').add('etc/back\\x2dslash', b'backslash\n')
one.add('etc/latin1.txt', 'f\u00fcr'.encode('latin-1')).add('etc/bom.txt', '\u00fc'.encode('utf-16'))
one.add('lib', type=tarfile.SYMTYPE, link='usr/lib').add('usr/lib/libc.so', b'ELF')
one.add('usr/lib/os-release', type=tarfile.SYMTYPE, link='../../etc/os-release')
one.add('usr/bin/X11', type=tarfile.SYMTYPE, link='.').add('usr/bin/tool', b'tool\n')
one.add('usr/bin/hard', type=tarfile.LNKTYPE, link='usr/bin/tool')
one.add('etc/dangling', type=tarfile.SYMTYPE, link='nowhere').add('opt/old', b'old\n').add('var/log', b'was a file\n')
for name in 'zebra', 'apple', 'mango':
    one.add(f'usr/share/doc/{name}/copyright', f'about {name}\n'.encode()).add(f'usr/share/doc/{name}/more/sp ace', b'more\n')
one.tar.close()
two = Layer('two.tar')
two.add('etc/.wh.gone.conf').add('opt/.wh..wh..opq').add('opt/new', b'new\n').add('.wh.srv')
two.add('etc/B.conf', b'B\n').add('var/.wh.log').add('var/log/deep/file', b'file\n')
two.tar.close()
'@ | python3 - $TestDrive
        $layout = "$TestDrive/images"
        $commands = @(
            , @('init', '--layout', $layout)
            , @('new', '--image', "${layout}:1")
            , @('raw', 'add-layer', '--image', "${layout}:1", "$TestDrive/one.tar")
            , @('raw', 'add-layer', '--image', "${layout}:1", "$TestDrive/two.tar")
            , @('unpack', '--rootless', '--image', "${layout}:1", "$TestDrive/unpacked")
        )
        foreach ($command in $commands) {
            & umoci @command
            if ($LASTEXITCODE -ne 0) { throw "umoci $command failed." }
        }
        $script:layout = $layout
        $script:drive = New-PSDrive app -PSProvider Oci -Root "oci:${layout}:1" -Scope Script
        $script:rootfs = "$TestDrive/unpacked/rootfs"
    }

    It 'has the names that umoci unpacks' {
        $expected = Get-ChildItem $rootfs -Recurse -Force | ForEach-Object { [IO.Path]::GetRelativePath($rootfs, $_.FullName) } |
            Sort-Object -CaseSensitive
        Get-ChildItem app:/ -Recurse | ForEach-Object FullName | Sort-Object -CaseSensitive | Should -Be $expected
        $expected.Count | Should -BeGreaterThan 25
    }

    It 'has the contents that umoci unpacks, in whatever order they are asked for' {
        $files = Get-ChildItem app:/ -Recurse | Where-Object Type -In File, HardLink
        foreach ($pass in $files, ($files | Sort-Object FullName -Descending)) {
            foreach ($file in $pass) {
                [Convert]::ToHexString($file.ReadAllBytes()) |
                    Should -Be ([Convert]::ToHexString([IO.File]::ReadAllBytes("$rootfs/$($file.FullName)"))) -Because $file.FullName
            }
        }
    }

    It 'lists a folder: folders first' {
        $found = Get-ChildItem app:/etc
        $found.Name | Should -BeExactly 'a.conf', 'B.conf', 'back\x2dslash', 'bom.txt', 'dangling', 'latin1.txt', 'os-release',
            'we[i]rd.txt'
        $found[0].GetType().FullName | Should -Be 'OciPS.OciImageFile'
        (Get-ChildItem app:/).Name | Should -BeExactly 'etc', 'opt', 'usr', 'var', 'lib'
        (Get-ChildItem app:/ -Recurse -Depth 1).FullName | Should -Contain 'usr/share'
        (Get-ChildItem app:/ -Recurse -Depth 1).FullName | Should -Not -Contain 'usr/share/doc'
    }

    It 'has the folders that no layer has an entry of' {
        $folder = Get-Item app:/usr/share/doc
        $folder.Type | Should -Be 'Directory'
        $folder.PSIsContainer | Should -BeTrue
        Test-Path app:/usr/share/doc -PathType Container | Should -BeTrue
    }

    It 'answers Test-Path: <Path> <Type> <Expected>' -ForEach @(
        @{ Path = 'app:/etc/os-release'; Type = 'Leaf'; Expected = $true }
        @{ Path = 'app:/etc/os-release'; Type = 'Container'; Expected = $false }
        @{ Path = 'app:/lib'; Type = 'Container'; Expected = $true }
        @{ Path = 'app:/lib/libc.so'; Type = 'Leaf'; Expected = $true }
        @{ Path = 'app:/etc/dangling'; Type = 'Any'; Expected = $true }
        @{ Path = 'app:/etc/gone.conf'; Type = 'Any'; Expected = $false }
        @{ Path = 'app:/ETC'; Type = 'Any'; Expected = $false }
        @{ Path = 'app:\etc\os-release'; Type = 'Leaf'; Expected = $true }
        @{ Path = 'app:/etc/*.conf'; Type = 'Leaf'; Expected = $true }
    ) {
        Test-Path $Path -PathType $Type | Should -Be $Expected
    }

    It 'reads text by lines, whole, and in other encodings' {
        Get-Content app:/etc/os-release | Should -BeExactly 'NAME=example', 'VERSION=1'
        Get-Content app:/etc/os-release -TotalCount 1 | Should -BeExactly 'NAME=example'
        Get-Content app:/etc/os-release -Raw | Should -BeExactly "NAME=example`nVERSION=1`n"
        Get-Content app:/etc/latin1.txt -Encoding latin1 | Should -BeExactly "f`u{fc}r"
        Get-Content app:/etc/latin1.txt -Encoding 28591 | Should -BeExactly "f`u{fc}r"
        Get-Content app:/etc/bom.txt | Should -BeExactly "`u{fc}"
    }

    It 'reads bytes' {
        Get-Content app:/usr/lib/libc.so -AsByteStream | Should -Be 69, 76, 70
        $bytes = Get-Content app:/usr/lib/libc.so -AsByteStream -Raw
        , $bytes | Should -BeOfType ([byte[]])
        $bytes | Should -Be 69, 76, 70
    }

    It 'follows links to content, and says so where they lead nowhere' {
        Get-Content app:/lib/os-release | Select-Object -First 1 | Should -BeExactly 'NAME=example'
        Get-Content app:/usr/bin/hard | Should -BeExactly 'tool'
        (Get-Item app:/lib).LinkTarget | Should -BeExactly 'usr/lib'
        { Get-Content app:/etc/dangling -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFoundInImage,*'
        { Get-Content app:/etc -ErrorAction Stop } | Should -Throw -ErrorId 'UnsupportedFileType,*'
        { Get-Content app:/nothing -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
    }

    It 'finds by wildcards and filters' {
        (Get-ChildItem app:/etc/*.conf).Name | Should -BeExactly 'a.conf', 'B.conf'
        Get-Content app:/etc/*.conf | Should -BeExactly 'a', 'B'
        (Get-ChildItem app:/*/lib/libc*).FullName | Should -BeExactly 'usr/lib/libc.so'
        (Get-ChildItem app:/ -Recurse -Filter *.conf).FullName | Should -BeExactly 'etc/a.conf', 'etc/B.conf'
        (Get-ChildItem app:/ -Recurse -Include *.conf, tool).Name | Sort-Object -Unique | Should -BeExactly 'a.conf', 'B.conf', 'tool'
        (Get-ChildItem app:/etc/* -Exclude *.conf, *.txt).Name | Should -BeExactly 'back\x2dslash', 'dangling', 'os-release'
        (Get-ChildItem app:/ -Directory).Name | Should -BeExactly 'etc', 'opt', 'usr', 'var', 'lib'
        (Get-ChildItem app:/usr/bin -File).Name | Should -BeExactly 'hard', 'tool'
        Get-ChildItem app:/usr/lib -Name | Should -BeExactly 'libc.so', 'os-release'
    }

    It 'comes to an end where a link leads back up' {
        (Get-ChildItem app:/usr/bin -Recurse -Include tool).Count | Should -Be 2
        (Get-ChildItem app:/usr/bin -Recurse).Name | Should -BeExactly 'hard', 'tool', 'X11'
    }

    It 'takes names with characters that PowerShell has other uses for' {
        Get-Content -LiteralPath 'app:/etc/we[i]rd.txt' | Should -BeExactly 'brackets'
        Get-Item app:/etc/we* | Get-Content | Should -BeExactly 'brackets'
        Get-Item app:/etc/back* | Get-Content | Should -BeExactly 'backslash'
        Get-ChildItem app:/usr/share/doc/apple/more | Get-Content | Should -BeExactly 'more'
    }

    It 'can be the current location' {
        try {
            Set-Location app:/etc
            (Get-ChildItem).Name | Should -Contain 'os-release'
            (Get-Item ./a.conf).FullName | Should -BeExactly 'etc/a.conf'
            Get-Content ../usr/bin/tool | Should -BeExactly 'tool'
            Set-Location ../lib
            "$PWD" | Should -BeExactly 'app:/lib'
            (Get-ChildItem).Name | Should -BeExactly 'libc.so', 'os-release'
            (Resolve-Path ../etc/*.conf).Path | Should -BeExactly 'app:/etc/a.conf', 'app:/etc/B.conf'
            # Paths in references go on from where the file system was left.
            Push-Location $TestDrive
            Set-Location app:/
            (Get-OciTag oci:images).Name | Should -Be '1'
            (Get-OciTag oci:./images).Name | Should -Be '1'
        }
        finally {
            Set-Location $TestDrive
        }
    }

    It 'completes paths' {
        (TabExpansion2 'Get-ChildItem app:/et' 21).CompletionMatches.CompletionText | Should -BeExactly 'app:/etc'
        (TabExpansion2 'Get-Content app:/etc/o' 22).CompletionMatches.CompletionText | Should -BeExactly 'app:/etc/os-release'
        (TabExpansion2 'Get-Content app:/usr/share/doc/apple/more/s' 43).CompletionMatches.CompletionText |
            Should -BeExactly "'app:/usr/share/doc/apple/more/sp ace'"
    }

    It 'feeds other cmdlets with files, and never with what is on this disk' {
        Get-ChildItem app:/usr/share/doc -Recurse | Export-OciImageFile -DestinationPath "$TestDrive/doc" -RelativeTo usr/share/doc |
            Should -HaveCount 12
        Get-Content "$TestDrive/doc/mango/copyright" | Should -BeExactly 'about mango'
        $removed = Get-Item app:/etc/a.conf | Remove-OciImageFile -Destination "oci:$TestDrive/less:1"
        $removed.RemovedFiles.FullName | Should -BeExactly 'etc/a.conf'
        (Get-Item app:/etc/a.conf | Get-OciManifest).Digest | Should -Be $drive.Digest
        New-Item -ItemType Directory "$TestDrive/here/etc" | Out-Null
        'mine' | Set-Content "$TestDrive/here/etc/a.conf"
        Push-Location "$TestDrive/here"
        try {
            Get-Item app:/etc/a.conf | Get-Content | Should -BeExactly 'a'
            { Get-Item app:/etc/a.conf | Remove-Item -ErrorAction Stop } | Should -Throw -ErrorId 'ReadOnlyDrive,*'
            'etc/a.conf' | Should -Exist
        }
        finally {
            Pop-Location
        }
    }

    It 'is read-only: <_>' -ForEach @(
        'Remove-Item app:/etc/a.conf', 'Remove-Item app:/usr -Recurse', 'Set-Content app:/etc/a.conf x', 'Set-Content app:/etc/new x',
            'Add-Content app:/etc/a.conf x'
        'Clear-Content app:/etc/a.conf', 'New-Item app:/etc/new', 'New-Item app:/new -ItemType Directory',
            'Move-Item app:/etc/a.conf app:/etc/new'
        'Rename-Item app:/etc/a.conf new', 'Copy-Item app:/etc/a.conf app:/etc/new', 'Set-Item app:/etc/a.conf x',
            'Clear-Item app:/etc/a.conf'
    ) {
        { & ([scriptblock]::Create("$_ -ErrorAction Stop")) } | Should -Throw -ErrorId 'ReadOnlyDrive,*' -ExpectedMessage '*read-only*'
    }

    It 'groups what it shows by folder' {
        $shown = Get-ChildItem app:/etc | Out-String -Width 120
        $shown | Should -Match 'Folder: app:/etc'
        $shown | Should -Match '-rw-r--r--.* 23 B os-release'
        $shown | Should -Not -Match 'Layer:'
    }

    It 'makes roots absolute, of all kinds of paths' -ForEach @(
        @{ Kind = 'oci:images:1'; Root = 'oci:{0}/images:1' }, @{ Kind = 'oci:./images:1'; Root = 'oci:{0}/images:1' }
        @{ Kind = 'dir:copy'; Root = 'dir:{0}/copy' }, @{ Kind = 'oci-archive:copy.tar:1'; Root = 'oci-archive:{0}/copy.tar:1' }
    ) {
        Push-Location $TestDrive
        try {
            if ($Kind -notlike 'oci:*') { $null = Copy-OciImage "oci:${layout}:1" $Kind }
            (New-PSDrive other -PSProvider Oci -Root $Kind).Root | Should -BeExactly ($Root -f (Get-Item $TestDrive).FullName)
            Get-Content other:/etc/a.conf | Should -BeExactly 'a'
        }
        finally {
            Pop-Location
        }
    }

    It 'says what is wrong with a root' {
        { New-PSDrive bad -PSProvider Oci -Root 'BAD!!' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidReference,*'
        { New-PSDrive bad -PSProvider Oci -Root "oci:${layout}:none" -ErrorAction Stop } | Should -Throw -ErrorId 'ManifestNotFound,*'
        { New-PSDrive bad -PSProvider Oci -Root "oci:${layout}:1" -Platform linux/s390x -ErrorAction Stop } |
            Should -Throw -ErrorId 'PlatformNotFound,*'
        { New-PSDrive bad -PSProvider Oci -Root "oci:${layout}:1" -Platform linux -ErrorAction Stop } |
            Should -Throw -ErrorId 'InvalidPlatform,*'
    }

    It 'says why an image cannot be read' {
        Copy-Item $layout "$TestDrive/broken" -Recurse
        $blob = Get-ChildItem "$TestDrive/broken/blobs/sha256" |
            Where-Object Name -EQ (Get-OciManifest "oci:${layout}:1").Layers[0].Digest.Split(':')[1]
        $bytes = [IO.File]::ReadAllBytes($blob.FullName)
        $bytes[-1] = $bytes[-1] -bxor 1
        [IO.File]::WriteAllBytes($blob.FullName, $bytes)
        $null = New-PSDrive broken -PSProvider Oci -Root "oci:$TestDrive/broken:1"
        { Get-ChildItem broken:/ -ErrorAction Stop } | Should -Throw -ErrorId 'DigestMismatch,*'
    }

    It 'comes and goes with the module' {
        $script = "Import-Module '$PSScriptRoot/../../artifacts/OciPS'; " +
            "`$null = New-PSDrive x -PSProvider Oci -Root 'oci:${layout}:1'; (Get-ChildItem x:/).Count"
        $between = 'Remove-Module OciPS; @(Get-PSProvider Oci -ErrorAction Ignore).Count'
        $lines = pwsh -NoProfile -Command "$script; $between; $script; Remove-PSDrive x; $script"
        $lines | Should -Be 5, 0, 5, 5
    }

    It 'stops at once while it loads' {
        $cache, $env:OCIPS_LAYER_CACHE = $env:OCIPS_LAYER_CACHE, 'off'
        $registry = Start-SlowRegistry $layout 1
        $shell = [powershell]::Create()
        try {
            $app = "$(([uri] @($registry.Prefixes)[0]).Authority)/app:1"
            $null = $shell.AddScript(
                "Import-Module '$PSScriptRoot/../../artifacts/OciPS'; `$null = New-PSDrive slow -PSProvider Oci -Root '$app'; " +
                "'made'; Get-ChildItem slow:/ -Recurse")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            for ($i = 0; $i -lt 100 -and $output.Count -eq 0; $i++) { Start-Sleep -Milliseconds 100 }
            # To enumerate it would be to wait for its end.
            $output.Count | Should -Be 1
            Start-Sleep -Milliseconds 500
            $running.IsCompleted | Should -BeFalse
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.ElapsedMilliseconds | Should -BeLessThan 1000
            $shell.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            $shell.Dispose()
            $registry.Stop()
            $env:OCIPS_LAYER_CACHE = $cache
        }
    }
}

Describe 'Help' {
    It 'tells about drives' {
        (Get-Help about_OciPS_Provider) -join "`n" | Should -Match 'New-PSDrive'
    }
}
