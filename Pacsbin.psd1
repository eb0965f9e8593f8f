@{
    ModuleVersion        = '0.1.0'
    GUID                 = 'e17a7ea3-369d-4f62-83bf-84bfebf4fc38'
    Author               = 'PacsbinPS developers'
    CompanyName          = 'PacsbinPS developers'
    Copyright            = '(c) PacsbinPS developers. MIT license.'
    Description          = 'De-identifies DICOM studies by the profile of PS3.15 Annex E and erases text burned into their pixels, on your own machine; fetches from a PACS and sends what was approved to an archive by DICOMweb.'

    # The module is built for .NET 10, which PowerShell 7.6 is the first to run on.
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')

    NestedModules        = @('module/Pacsbin.PowerShell.dll')
    FormatsToProcess     = @('module/Pacsbin.Format.ps1xml')

    # Explicit, so that PowerShell can find the commands without loading the module.
    CmdletsToExport      = @(
        'Add-RedactionRegion', 'Approve-PacsbinStudy', 'ConvertTo-PacsbinScript', 'Export-DicomImage', 'Export-PacsbinCrosswalk', 'Export-PacsbinKey', 'Export-PacsbinReport',
        'Find-BurnedInText', 'Get-DicomStudy', 'Get-PacsbinArchive', 'Get-PacsbinProject', 'Get-PacsbinSchedule', 'Get-PacsbinSidecar', 'Get-RedactionRegion', 'Import-PacsbinCrosswalk',
        'Import-PacsbinKey', 'Invoke-PacsbinAnonymize', 'New-PacsbinProject', 'Receive-DicomStudy', 'Register-PacsbinArchive', 'Register-PacsbinSchedule', 'Remove-PacsbinStudy',
        'Remove-RedactionRegion', 'Resolve-PacsbinIdentity', 'Revoke-PacsbinApproval', 'Send-PacsbinStudy', 'Set-PacsbinProject', 'Start-PacsbinSidecar', 'Stop-PacsbinSidecar',
        'Test-PacsbinArchive', 'Test-PacsbinAuditLog', 'Test-PacsbinScript', 'Test-PacsbinStudy', 'Unregister-PacsbinArchive', 'Unregister-PacsbinSchedule')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()

    PrivateData          = @{
        PSData = @{
            Tags = @('DICOM', 'DeIdentification', 'Anonymization', 'PACS', 'Radiology', 'Privacy')
        }
    }
}
