<#
.SYNOPSIS
Finds burned-in text, erases it while a study is de-identified, and writes pictures to look at.

.DESCRIPTION
Without a folder it takes the made ultrasound loop in examples/data, whose images have a caption. What a search finds is a
proposal: a person looks at the pictures before and after, and adds what the search has missed.

.EXAMPLE
pacsbin-host examples/redact.ps1

.EXAMPLE
./examples/redact.ps1 /data/from-pacs /data/for-teaching
#>
param(
    # The folder with the studies.
    [string] $Folder = [IO.Path]::Combine($PSScriptRoot, 'data', 'ultrasound'),

    # The folder for the workspace and the pictures. By default a new temporary folder.
    [string] $Destination = [IO.Directory]::CreateTempSubdirectory('pacsbin-redact-').FullName
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Pacsbin)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'Pacsbin.psd1'))
}

$workspace = [IO.Path]::Combine($Destination, 'workspace')
$studies = Get-DicomStudy -LiteralPath $Folder

# 1. What looks like text, as rectangles with a score. Nothing is changed.
$proposals = @(Find-BurnedInText -Study $studies -MinimumScore 0.5)
$proposals | ForEach-Object { "proposed {0},{1},{2},{3} with score {4:N2}" -f $_.X, $_.Y, $_.Width, $_.Height, $_.Score }

# 2. The regions ride along with the studies and are erased in the copies. Sources are never changed.
$results = @($proposals | Add-RedactionRegion -Study $studies | Invoke-PacsbinAnonymize -Destination $workspace)

# 3. Pictures: before with the regions outlined, for your own eyes only, and after.
$before = @($studies | Export-DicomImage -Destination ([IO.Path]::Combine($Destination, 'before')) -ShowRegions)
$after = @($results | Export-DicomImage -Destination ([IO.Path]::Combine($Destination, 'after')))

# 4. A person who finds more erases it in the workspace. Here: the bottom 20 rows of everything, for the sake of example.
$results = @($results | Add-RedactionRegion -X 0 -Y -20 -Width 10000 -Height 20 -Clip)

$results | Get-RedactionRegion | ForEach-Object { "burned in {0},{1},{2},{3}" -f $_.X, $_.Y, $_.Width, $_.Height }
"Compare $($before.Count) pictures in $([IO.Path]::Combine($Destination, 'before')) with $($after.Count) in $([IO.Path]::Combine($Destination, 'after'))"
