<#
.SYNOPSIS
Fetches studies from a PACS, de-identifies and approves them, sends them to an archive, and copies them to a .zip file.

.DESCRIPTION
The whole way, with nothing identified left on this machine: what is fetched is deleted as soon as it is de-identified.
Credentials go to Register-PacsbinArchive: see Get-Help Register-PacsbinArchive -Examples. Without an archive the example
ends with the .zip file. The approval here is a matter of form: in earnest, a person looks at every image first.

.EXAMPLE
pacsbin-host examples/send.ps1 -Pacs http://127.0.0.1:8042/dicom-web -Modality CT

.EXAMPLE
./examples/send.ps1 -Pacs https://pacs.hospital.example/dicom-web -Archive https://teaching.example/dicom-web -CaFile ./hospital-ca.pem -Since 2024-01-01
#>
param(
    # The root of the PACS, before /studies.
    [Parameter(Mandatory)] [uri] $Pacs,

    # The root of the archive; none: only the .zip file is written.
    [uri] $Archive,

    # A PEM file with the authority that has signed the certificates of both.
    [string] $CaFile,

    # Only studies that have a series of one of these modalities, of this day or later.
    [string[]] $Modality = 'CT',
    [datetime] $Since = '2000-01-01',

    # The folder for project, workspace and .zip file. By default a new temporary folder.
    [string] $Destination = [IO.Directory]::CreateTempSubdirectory('pacsbin-send-').FullName
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Pacsbin)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'Pacsbin.psd1'))
}

$project = [IO.Path]::Combine($Destination, 'project')
$workspace = [IO.Path]::Combine($Destination, 'workspace')
$zip = [IO.Path]::Combine($Destination, 'studies.zip')
$trust = if ($CaFile) { @{ CaFile = $CaFile } } else { @{} }

# 1. Both servers under a name of their own. This is done once, by a person; later scripts only know the names.
$run = [Guid]::NewGuid().ToString('N').Substring(0, 8)
$names = @{ pacs = "pacs-$run"; archive = "archive-$run" }
$null = Register-PacsbinArchive -Name $names.pacs -QidoUri $Pacs -WadoUri $Pacs @trust
if ($Archive) {
    $null = Register-PacsbinArchive -Name $names.archive -Uri $Archive @trust
}

try {
    # 2. Do they answer, and who are they? Nothing of a patient is asked for.
    foreach ($test in Get-PacsbinArchive "*-$run" | Test-PacsbinArchive) {
        if ($test.Problem) { throw "$($test.Name -replace "-$run"): $($test.Problem)" }
        "$($test.Name -replace "-$run") answers"
    }

    # 3. What is there? Only descriptions come, no images.
    $found = @(Get-DicomStudy -Archive $names.pacs -Modality $Modality -Since $Since)
    "$($found.Count) studies found"
    if (-not $found) { return }

    # 4. A project, whose archive Send-PacsbinStudy -Project knows.
    $null = New-PacsbinProject -Path $project
    $null = Set-PacsbinProject -Path $project -Archive $names.archive

    # 5. Fetched into a private temporary folder, de-identified from there, and deleted file by file.
    $studies = @($found | Receive-DicomStudy -Transient | Invoke-PacsbinAnonymize -Destination $workspace -Project $project)
    "$($studies.Count) studies de-identified"

    # 6. A person has looked at the pixels. Without an approval of exactly these bytes nothing leaves.
    $approved = @($studies | Approve-PacsbinStudy -Reviewer 'R. Viewer' -AcceptFinding BurnedInSuspected -Comment 'All images seen.')
    "$($approved.Count) studies approved"

    # 7. What would go? Then it goes, and the archive is asked whether it has every instance. The same line again sends only what is missing.
    if ($Archive) {
        Send-PacsbinStudy -LiteralPath $workspace -Project $project -WhatIf
        foreach ($sent in Send-PacsbinStudy -Study $approved -Project $project) {
            "$($sent.Stored) instances stored, $($sent.Failed) failed, verified: $($sent.IsVerified)"
        }
    }

    # 8. The same studies for a network that nothing reaches, with a DICOMDIR for viewers.
    $copied = @(Send-PacsbinStudy -Study $approved -DestinationPath $zip -MediaDirectory)
    "$($copied.Count) studies in a .zip file of $([IO.FileInfo]::new($zip).Length) bytes"
    "See $Destination"
}
finally {
    # The names were for this example only.
    Unregister-PacsbinArchive "*-$run"
}
