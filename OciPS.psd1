# SPDX-License-Identifier: MIT
@{
    RootModule           = 'OciPS.dll'
    NestedModules        = @('OciPS.Loader.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '7d0a6f0e-3a52-4c1f-9d0e-5f6b1c2a9e47'
    Author               = 'OciPS contributors'
    CompanyName          = 'OciPS'
    Copyright            = 'Copyright (c) OciPS contributors'
    Description          = 'Reads and rewrites container images, in registries and on disk, without a container engine.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('OciPS.Format.ps1xml')
    TypesToProcess       = @('OciPS.Types.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Compare-OciImage'
        'Connect-OciRegistry'
        'Copy-OciImage'
        'Disconnect-OciRegistry'
        'Export-OciImageFile'
        'Export-OciImageLayer'
        'Get-OciContainerSource'
        'Get-OciFileContent'
        'Get-OciImageConfig'
        'Get-OciImageFile'
        'Get-OciManifest'
        'Get-OciPlatform'
        'Get-OciRegistryConnection'
        'Get-OciTag'
        'Merge-OciManifestList'
        'Publish-OciKanikoImage'
        'Remove-OciImageFile'
        'Repair-OciImage'
        'Select-OciFileString'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('OCI', 'Docker', 'Container', 'Image', 'Registry', 'kaniko', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md in the module''s folder.'
        }
    }
}
