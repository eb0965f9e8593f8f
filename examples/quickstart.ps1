<#
.SYNOPSIS
Finds DICOM studies, de-identifies them, and shows some attributes before and after side by side.

.DESCRIPTION
Without a folder it takes the three made studies in examples/data. The folder is only read; the result goes to a new
folder, which the last line names. What the first five studies looked like before is printed too: with studies of real
patients, mind who sees the screen.

.EXAMPLE
dotnet run --project src/Pacsbin.Host -c Release -- examples/quickstart.ps1

.EXAMPLE
./examples/quickstart.ps1 /data/from-pacs
#>
param(
    # The folder with the studies.
    [string] $Folder = [IO.Path]::Combine($PSScriptRoot, 'data'),

    # The workspace to write to. By default a new temporary folder.
    [string] $Destination = [IO.Directory]::CreateTempSubdirectory('pacsbin-quickstart-').FullName
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Pacsbin)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'Pacsbin.psd1'))
}

# One key for all studies of this run: a patient of two studies gets the same pseudonym in both, and references from one
# study to another still lead there. It is random and gone when the script ends, so nobody can undo the pseudonyms.
$key = [securestring]::new()
[Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).ToCharArray() | ForEach-Object { $key.AppendChar($_) }

# Attributes to show: group, element, and for those inside a sequence the group and element of the sequence.
$attributes = [ordered]@{
    'Patient ID'            = 0x0010, 0x0020
    'Patient''s Name'       = 0x0010, 0x0010
    'Birth Date'            = 0x0010, 0x0030
    'Study Date'            = 0x0008, 0x0020
    'Study Time'            = 0x0008, 0x0030
    'Study Description'     = 0x0008, 0x1030
    'Institution'           = 0x0008, 0x0080
    'Referring Physician'   = 0x0008, 0x0090
    'Scheduled procedure'   = 0x0032, 0x1060, 0x0040, 0x0275
    'Verifying Observer'    = 0x0040, 0xA075, 0x0040, 0xA073
    'Private: name'         = 0x0011, 0x1011
    'Private: booked by'    = 0x0011, 0x1013, 0x0011, 0x1020
}

function Read-Attribute([Pacsbin.Studies.DicomStudy] $Study) {
    $values = @{ 'Study Instance UID' = $Study.StudyInstanceUid; 'Findings' = $Study.Findings.Kind -join ', ' }
    $path = $Study.Series[0].Instances[0].Path
    if (-not [IO.File]::Exists($path)) { return $values } # in a .zip archive

    $file = [Pacsbin.Dicom.DicomFile]::Open($path)
    try {
        foreach ($name in $attributes.Keys) {
            $group, $number, $sequenceGroup, $sequenceNumber = $attributes[$name]
            $dataset = $file.Dataset
            if ($sequenceGroup) {
                $tag = [Pacsbin.Dicom.Tag]::new($sequenceGroup, $sequenceNumber)
                $sequence = [Pacsbin.Dicom.DicomElement]::new($tag, 'SQ', [Pacsbin.Dicom.DicomSequence]::new())
                $null = $dataset.TryGet($tag, [ref] $sequence)
                $dataset = if ($sequence.Sequence.Items.Count) { $sequence.Sequence.Items[0] }
            }
            # Control characters in a file could steer the terminal.
            if ($dataset) { $values[$name] = $dataset.GetString([Pacsbin.Dicom.Tag]::new($group, $number)) -replace '\p{C}', '?' }
        }
    }
    finally { $file.Dispose() }
    $values
}

$studies = @(Get-DicomStudy -LiteralPath $Folder)
if (-not $studies) { throw "There is no DICOM study in $Folder." }

# One study at a time, so that each result can be shown beside its source. Without that, pipe all of $studies at once.
$shown = 0
foreach ($study in $studies) {
    $result = $study | Invoke-PacsbinAnonymize -Destination $Destination -Key $key -ErrorAction Continue
    if (-not $result -or ++$shown -gt 5) { continue }

    $before = Read-Attribute $study
    $after = Read-Attribute $result
    foreach ($name in @($attributes.Keys) + 'Study Instance UID' + 'Findings') {
        if ($before[$name] -or $after[$name]) {
            [pscustomobject]@{ Study = $study.Modality -join ','; Attribute = $name; Before = $before[$name]; After = $after[$name] }
        }
    }
}

"Found $($studies.Count) studies in $Folder; the de-identified copies are in $Destination"
