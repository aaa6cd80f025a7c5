# SPDX-License-Identifier: MIT

# What ConvertTo-Json makes of each output. The image is written here by hand, and so is what is expected of it.
BeforeAll {
    Import-Module "$PSScriptRoot/../../artifacts/OciPS/OciPS.psd1" -Force
    $env:OCIPS_LAYER_CACHE = 'off'
    $root = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
    $null = New-Item -ItemType Directory -Path "$root/image/blobs/sha256"

    function Add-Blob([byte[]] $Bytes) {
        $hex = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($Bytes)).ToLowerInvariant()
        [IO.File]::WriteAllBytes("$root/image/blobs/sha256/$hex", $Bytes)
        "sha256:$hex"
    }

    function Add-Text([string] $Text) { Add-Blob ([Text.Encoding]::UTF8.GetBytes($Text)) }

    function New-Layer([scriptblock] $Write) {
        $stream = [IO.MemoryStream]::new()
        $tar = [Formats.Tar.TarWriter]::new($stream, $true)
        & $Write $tar
        $tar.Dispose()
        , $stream.ToArray()
    }

    function Add-Entry($Tar, [string] $Type, [string] $Name, [int] $Mode, [string] $Content, [string] $Target) {
        $entry = [Formats.Tar.PaxTarEntry]::new([Formats.Tar.TarEntryType] $Type, $Name)
        $entry.Mode = [IO.UnixFileMode] $Mode
        $entry.ModificationTime = [DateTimeOffset]::new(2024, 2, 29, 12, 34, 56, [TimeSpan]::Zero)
        $entry.Uid = 1000
        $entry.Gid = 100
        if ($Content) { $entry.DataStream = [IO.MemoryStream]::new([Text.Encoding]::UTF8.GetBytes($Content)) }
        if ($Target) { $entry.LinkName = $Target }
        $Tar.WriteEntry($entry)
    }

    $tar = New-Layer {
        param($to)
        Add-Entry $to RegularFile bin/su 0x9ED 'program'
        Add-Entry $to SymbolicLink bin/sh 0x1FF '' su
        Add-Entry $to RegularFile etc/secret 0x180 'secret!'
    }
    $layer = Add-Blob $tar
    $configText = '{"architecture":"arm64","variant":"v8","os":"linux","created":"2024-02-29T12:34:56Z","author":"somebody",' +
        '"config":{"Env":["A=1"],"Labels":{"com.example.team":"one"},"ExposedPorts":{"80/tcp":{}},"User":"1000","Cmd":["su"]},' +
        '"rootfs":{"type":"layers","diff_ids":["' + $layer + '"]},"history":[{"created":"2024-02-29T12:34:56Z","created_by":"COPY . /"}]}'
    $config = Add-Text $configText
    $manifestText = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{' +
        '"mediaType":"application/vnd.oci.image.config.v1+json","digest":"' + $config + '","size":' + $configText.Length + '},' +
        '"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"' + $layer + '","size":' + $tar.Length +
            ',"annotations":{"com.example.part":"base"},"urls":["https://example.com/base"]}],"annotations":{"com.example.tested":"yes"}}'
    $manifest = Add-Text $manifestText
    $indexText = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{' +
        '"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"' + $manifest + '","size":' + $manifestText.Length + ',' +
        '"platform":{"architecture":"arm64","os":"linux","variant":"v8","os.features":["sse4"]}}]}'
    $index = Add-Text $indexText
    '{"imageLayoutVersion":"1.0.0"}' | Set-Content -NoNewline "$root/image/oci-layout"
    '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"' + $manifest + '","size":' +
        $manifestText.Length + ',"annotations":{"org.opencontainers.image.ref.name":"1"}},' +
        '{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"' + $index + '","size":' + $indexText.Length +
            ',"annotations":{"org.opencontainers.image.ref.name":"multi"}}]}' | Set-Content -NoNewline "$root/image/index.json"

    # Where it lies, and the time in this machine's zone, as JSON has them.
    $place = "oci:$root/image" | ConvertTo-Json | ForEach-Object Trim '"'
    $time = [DateTimeOffset]::new(2024, 2, 29, 12, 34, 56, [TimeSpan]::Zero).ToLocalTime().ToString("yyyy-MM-dd'T'HH:mm:sszzz",
        [cultureinfo]::InvariantCulture)

    $indexFields = @"
  "Digest": "$index",
  "MediaType": "application/vnd.oci.image.index.v1+json",
  "Size": $($indexText.Length),
  "SchemaVersion": 2,
  "Config": null,
  "Layers": [],
  "Manifests": [
    {
      "Digest": "$manifest",
      "MediaType": "application/vnd.oci.image.manifest.v1+json",
      "Size": $($manifestText.Length),
      "Annotations": {},
      "Urls": [],
      "Platform": {
        "OS": "linux",
        "Architecture": "arm64",
        "Variant": "v8",
        "OSVersion": null,
        "OSFeatures": [
          "sse4"
        ],
        "Features": []
      },
      "ArtifactType": null
    }
  ],
  "Annotations": {},
  "Subject": null,
  "ArtifactType": null,
  "RawJson": "$($indexText.Replace('"', '\"'))"
"@ -replace '\r\n', "`n"

    $layerJson = @"
{
  "Digest": "$layer",
  "MediaType": "application/vnd.oci.image.layer.v1.tar",
  "Size": $($tar.Length),
  "Annotations": {
    "com.example.part": "base"
  },
  "Urls": [
    "https://example.com/base"
  ],
  "Platform": null,
  "ArtifactType": null
}
"@
    $secretJson = @"
{
  "Id": "${layer}:etc/secret",
  "FullName": "etc/secret",
  "Name": "secret",
  "Type": "File",
  "Size": 7,
  "Mode": "0600",
  "UnixFileMode": 384,
  "Uid": 1000,
  "Gid": 100,
  "LastWriteTime": "$time",
  "LinkTarget": null,
  "LayerDigest": "$layer",
  "LayerIndex": 0,
  "Reference": "${place}:1",
  "Tag": "1",
  "DigestReference": "$place@$manifest",
  "Platform": null
}
"@
    $platformJson = @"
{
  "Reference": "${place}:1@$manifest",
  "Tag": "1",
  "OS": "linux",
  "Architecture": "arm64",
  "Variant": "v8",
  "OSVersion": null,
  "OSFeatures": [],
  "Features": []
}
"@

    # Moves a part of a document to where it stands in the whole.
    function Indent([string] $Json, [int] $Count) { ($Json -split '\r?\n' -join "`n" + ' ' * $Count) }

    # Deep enough for all that is there: nothing is cut off.
    function ConvertTo-Document {
        $text = $input | ConvertTo-Json -Depth 5 -WarningVariable cut -WarningAction SilentlyContinue
        $cut | Should -BeNullOrEmpty
        $text -replace '\r\n', "`n"
    }
}

AfterAll { Remove-Item -Recurse -Force $root }

Describe 'ConvertTo-Json' {
    It 'of a manifest' {
        Get-OciManifest "oci:$root/image:1" | ConvertTo-Document | Should -BeExactly (@"
{
  "Reference": "${place}:1",
  "Tag": "1",
  "Digest": "$manifest",
  "MediaType": "application/vnd.oci.image.manifest.v1+json",
  "Size": $($manifestText.Length),
  "SchemaVersion": 2,
  "Config": {
    "Digest": "$config",
    "MediaType": "application/vnd.oci.image.config.v1+json",
    "Size": $($configText.Length),
    "Annotations": {},
    "Urls": [],
    "Platform": null,
    "ArtifactType": null
  },
  "Layers": [
    $(Indent $layerJson 4)
  ],
  "Manifests": [],
  "Annotations": {
    "com.example.tested": "yes"
  },
  "Subject": null,
  "ArtifactType": null,
  "RawJson": "$($manifestText.Replace('"', '\"'))"
}
"@ -replace '\r\n', "`n")
    }

    It 'of an index' {
        Get-OciManifest "oci:$root/image:multi" | ConvertTo-Document | Should -BeExactly (@"
{
  "Reference": "${place}:multi",
  "Tag": "multi",
$indexFields
}
"@ -replace '\r\n', "`n")
    }

    It 'of files' {
        Get-OciImageFile "oci:$root/image:1" -Type All | ConvertTo-Document | Should -BeExactly (@"
[
  {
    "Id": "${layer}:bin/su",
    "FullName": "bin/su",
    "Name": "su",
    "Type": "File",
    "Size": 7,
    "Mode": "4755",
    "UnixFileMode": 2541,
    "Uid": 1000,
    "Gid": 100,
    "LastWriteTime": "$time",
    "LinkTarget": null,
    "LayerDigest": "$layer",
    "LayerIndex": 0,
    "Reference": "${place}:1",
    "Tag": "1",
    "DigestReference": "$place@$manifest",
    "Platform": null
  },
  {
    "Id": "${layer}:bin/sh",
    "FullName": "bin/sh",
    "Name": "sh",
    "Type": "SymbolicLink",
    "Size": 0,
    "Mode": "0777",
    "UnixFileMode": 511,
    "Uid": 1000,
    "Gid": 100,
    "LastWriteTime": "$time",
    "LinkTarget": "su",
    "LayerDigest": "$layer",
    "LayerIndex": 0,
    "Reference": "${place}:1",
    "Tag": "1",
    "DigestReference": "$place@$manifest",
    "Platform": null
  },
  $(Indent $secretJson 2)
]
"@ -replace '\r\n', "`n")
    }

    It 'of a config' {
        Get-OciImageConfig "oci:$root/image:1" | ConvertTo-Document | Should -BeExactly (@"
{
  "Reference": "${place}:1",
  "Tag": "1",
  "Digest": "$config",
  "Created": "$time",
  "Author": "somebody",
  "Labels": {
    "com.example.team": "one"
  },
  "Env": [
    "A=1"
  ],
  "Entrypoint": [],
  "Cmd": [
    "su"
  ],
  "User": "1000",
  "WorkingDir": "",
  "StopSignal": null,
  "ExposedPorts": [
    "80/tcp"
  ],
  "Volumes": [],
  "History": [
    {
      "Created": "$time",
      "CreatedBy": "COPY . /",
      "Author": null,
      "Comment": null,
      "EmptyLayer": false
    }
  ],
  "DiffIds": [
    "$layer"
  ],
  "Platform": $(Indent $platformJson 2),
  "RawJson": "$($configText.Replace('"', '\"'))"
}
"@ -replace '\r\n', "`n")
    }

    It 'of a platform' {
        Get-OciPlatform "oci:$root/image:1" | ConvertTo-Document | Should -BeExactly ($platformJson -replace '\r\n', "`n")
    }

    It 'of tags' {
        Get-OciTag "oci:$root/image" -Name 1 | ConvertTo-Document | Should -BeExactly (@"
{
  "Reference": "${place}:1",
  "Repository": "$place",
  "Name": "1",
  "Tag": "1"
}
"@ -replace '\r\n', "`n")
    }

    It 'of a copy' {
        $copy = "oci:$root/copy" | ConvertTo-Json | ForEach-Object Trim '"'
        Copy-OciImage "oci:$root/image:1" "oci:$root/copy:1" | ConvertTo-Document | Should -BeExactly (@"
{
  "Reference": "${copy}:1",
  "Tag": "1",
  "DigestReference": "$copy@$manifest",
  "Digest": "$manifest",
  "MediaType": "application/vnd.oci.image.manifest.v1+json",
  "Size": $($manifestText.Length),
  "Changed": false,
  "Tagged": "Created",
  "BytesTransferred": $($tar.Length + $configText.Length),
  "BytesMounted": 0
}
"@ -replace '\r\n', "`n")
    }

    It 'of an image without a file' {
        $text = Remove-OciImageFile "oci:$root/image:1" -LiteralPath etc/secret -Destination "oci:$root/image:clean" | ConvertTo-Document
        $written = Get-Content -Raw "$root/image/index.json" | ConvertFrom-Json | ForEach-Object manifests |
            Where-Object { $_.annotations.'org.opencontainers.image.ref.name' -eq 'clean' }
        $rewritten = (Get-Content -Raw "$root/image/blobs/sha256/$($written.digest.Split(':')[1])" | ConvertFrom-Json).layers[0]
        $lines = $text -split "`n"
        $lines | Should -Contain "  `"Source`": `"${place}:1`","
        $secret = Indent $secretJson 4 -replace '\r\n', "`n"
        $text | Should -BeLike "*  `"RemovedFiles`": ``[`n    $secret`n  ``],`n  `"PromotedFiles`": ``[``],`n*"
        $text | Should -BeLike "*  `"RewrittenLayers`": ``[`n    {`n      `"Digest`": `"$($rewritten.digest)`",`n*"
        $lines | Should -Contain "  `"Reference`": `"${place}:clean`","
        $lines | Should -Contain "  `"Digest`": `"$($written.digest)`","
    }

    It 'of an index without a file, to the last descriptor' {
        $text = Remove-OciImageFile "oci:$root/image:multi" -LiteralPath etc/secret -Destination "oci:$root/image:clean" |
            ConvertTo-Document
        $image = ($text | ConvertFrom-Json).Images[0]
        $image.RewrittenLayers[0].Annotations.'com.example.part' | Should -Be base
        $image.RemovedFiles[0].FullName | Should -Be etc/secret
    }

    It 'of differences' {
        $null = Remove-OciImageFile "oci:$root/image:1" -LiteralPath etc/secret -Destination "oci:$root/image:clean"
        Compare-OciImage "oci:$root/image:1" "oci:$root/image:clean" | Where-Object Kind -EQ File | ConvertTo-Document |
            Should -BeExactly (@"
{
  "Kind": "File",
  "Change": "Removed",
  "Name": "etc/secret",
  "Properties": [],
  "Before": $(Indent $secretJson 2),
  "After": null,
  "BeforeContent": null,
  "AfterContent": null,
  "IsExact": true,
  "Reference": "${place}:1",
  "DifferenceReference": "${place}:clean",
  "Platform": "linux/arm64/v8"
}
"@ -replace '\r\n', "`n")
    }
}

Describe 'ConvertTo-Json of what names images' {
    BeforeAll {
        $checksum = 'sha256:' + '1' * 64
        $list = 'sha256:' + '9' * 64
        $stage = Join-Path $root stage
        $null = New-Item -ItemType Directory -Path $stage, "$root/lists"
        $null = Copy-OciImage "oci:$root/image:1" "dir:$stage/$checksum"
        $indexText | Set-Content -NoNewline "$root/lists/$list"
        $inputs = @{
            images           = @{
                path = $stage
                data = @{ archives = @{ $checksum = @{ format = 'dir'; name = 'registry.example.com/team/app:1' } } }
            }
            'manifest-lists' = @{ path = "$root/lists"; data = @{ files = @{ $list = @{} } } }
        }
        function ConvertTo-Text([string] $Path) { $Path | ConvertTo-Json | ForEach-Object Trim '"' }
    }

    It 'of a container source' {
        $inputs | Get-OciContainerSource | ConvertTo-Document | Should -BeExactly (@"
{
  "Name": "registry.example.com/team/app:1",
  "Format": "dir",
  "Path": "$(ConvertTo-Text (Join-Path $stage $checksum))",
  "Checksum": "$checksum",
  "ManifestList": "$(ConvertTo-Text (Join-Path $root "lists/$list"))",
  "Reference": "dir:$(ConvertTo-Text (Join-Path $stage $checksum))"
}
"@ -replace '\r\n', "`n")
    }

    It 'of a merged index' {
        $null = Copy-OciImage "oci:$root/image:1" "dir:$root/merged"
        Merge-OciManifestList -ManifestList "$root/lists/$list" -ImageDirectory "$root/merged" | ConvertTo-Document | Should -BeExactly (@"
{
  "Changed": true,
  "Reference": "dir:$(ConvertTo-Text "$root/merged")",
  "Tag": null,
$indexFields
}
"@ -replace '\r\n', "`n")
    }
}

Describe 'ConvertTo-Json of a connection' {
    BeforeAll { . "$PSScriptRoot/Support.ps1"; $server = Start-EmptyRegistry }

    AfterAll { Stop-EmptyRegistry $server }

    It 'has no secret' {
        # RFC 7519, section 3.1: the claims of a token, in base64url. 4102444800 is the first second of 2100.
        $claims = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes('{"exp":4102444800}'))
        $claims = $claims.TrimEnd('=').Replace('+', '-').Replace('/', '_')
        $token = "eyJhbGciOiJub25lIn0.$claims.c2VjcmV0"
        $text = Connect-OciRegistry $server.Name -Token $token -PlainHttp -Mirror mirror.example.com/proxy | ConvertTo-Document
        $ends = [DateTimeOffset]::FromUnixTimeSeconds(4102444800).ToLocalTime().ToString("yyyy-MM-dd'T'HH:mm:sszzz",
            [cultureinfo]::InvariantCulture)
        $text | Should -BeExactly (@"
{
  "Registry": "$($server.Name)",
  "UserName": "",
  "PlainHttp": true,
  "SkipCertificateCheck": false,
  "Mirror": [
    "mirror.example.com/proxy"
  ],
  "ExpiresOn": "$ends"
}
"@ -replace '\r\n', "`n")
    }
}

Describe 'Text where text is expected' {
    It 'works as for any other tool' {
        $image = Get-OciManifest "oci:$root/image:1"
        $image.Digest.Substring(7) | Should -BeExactly $manifest.Substring(7)
        $image.Digest.Split(':')[0] | Should -BeExactly sha256
        @{ $manifest = 'known' }[$image.Digest] | Should -Be known
        $image.Layers.Digest -in $layer | Should -BeTrue
        $row = Get-OciImageFile "oci:$root/image:1" -LiteralPath bin/su | ConvertTo-Csv | ConvertFrom-Csv
        $row.LayerDigest, $row.Type, $row.Mode | Should -BeExactly @($layer, 'File', '4755')
        (Get-OciImageFile "oci:$root/image:1" -Type All | Where-Object { $_.UnixFileMode -band 'SetUser' }).FullName | Should -Be bin/su
    }
}
