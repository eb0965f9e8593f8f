<#
.SYNOPSIS
De-identifies studies for a project, tests and approves the copies, writes a report, and resolves a pseudonym.

.DESCRIPTION
The way of a study from the PACS to the point where it may leave. Without a folder it takes the made studies in examples/data.
The approval here is a matter of form: in earnest, a person looks at every image first.

.EXAMPLE
pacsbin-host examples/review.ps1

.EXAMPLE
./examples/review.ps1 /data/from-pacs /data/trial-12
#>
param(
    # The folder with the studies.
    [string] $Folder = [IO.Path]::Combine($PSScriptRoot, 'data'),

    # The folder for project, workspace and report. By default a new temporary folder.
    [string] $Destination = [IO.Directory]::CreateTempSubdirectory('pacsbin-review-').FullName
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Pacsbin)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'Pacsbin.psd1'))
}

$project = [IO.Path]::Combine($Destination, 'project')
$workspace = [IO.Path]::Combine($Destination, 'workspace')
$report = [IO.Path]::Combine($Destination, 'report.html')

# 1. A project: a key that only you can read, and a table that only the key opens.
$null = New-PacsbinProject -Path $project -RetentionDays 3650

# 2. Copies with pseudonyms that the project can resolve. Each is searched for what its source says before it counts.
$sources = Get-DicomStudy -LiteralPath $Folder
$studies = @($sources | Invoke-PacsbinAnonymize -Destination $workspace -Project $project)
"$($studies.Count) studies de-identified"

# 3. The same search again, over all files, with conformance, hashes and references.
$tests = @(Test-PacsbinStudy -Study $studies -Source $sources)
"$(@($tests | Where-Object IsPassed).Count) of $($tests.Count) studies passed the test"

# 4. A person has looked at the pixels and accepts what the profile only suspects.
$approved = @($studies | Approve-PacsbinStudy -Reviewer 'R. Viewer' -AcceptFinding BurnedInSuspected -Comment 'All images seen.')
"$(@($approved | Where-Object State -eq 'Approved').Count) studies approved"

# 5. What was done, found and approved, on one page, in which nothing of the sources may stand.
$page = Export-PacsbinReport -Study $approved -Destination $report -Source $sources -Project $project
"report of $($page.Length) bytes"

# 6. Years later: who was that? The look-up is logged.
$one = @(Get-DicomStudy -LiteralPath $workspace)[0]
$identity = @(Resolve-PacsbinIdentity -Project $project -Study $one -Reason 'Example' -Confirm:$false)[0]
"$($one.PatientId) is $($identity.PatientId)"
$log = Test-PacsbinAuditLog -Project $project
"audit log intact: $($log.IsIntact)"
"See $Destination"
