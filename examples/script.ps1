<#
.SYNOPSIS
Audits an anonymizer script, runs it safely and exactly, and shows what differs.

.DESCRIPTION
Without a script it takes a short one of CTP's kind in examples/scripts, and without a folder the made studies in examples/data. An exact run
leaves what CTP would leave: its copies are for comparing, and cannot be approved unless a reviewer accepts what is left.

.EXAMPLE
pacsbin-host examples/script.ps1

.EXAMPLE
./examples/script.ps1 -Script ./pacsbin-script.json -Folder /data/from-pacs -Destination /data/compare
#>
param(
    # A script of RSNA CTP or Pacsbin.
    [string] $Script = [IO.Path]::Combine($PSScriptRoot, 'scripts', 'hospital.script'),

    # The folder with the studies.
    [string] $Folder = [IO.Path]::Combine($PSScriptRoot, 'data'),

    # The folder for the two workspaces. By default a new temporary folder.
    [string] $Destination = [IO.Directory]::CreateTempSubdirectory('pacsbin-script-').FullName
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Pacsbin)) {
    Import-Module ([IO.Path]::Combine([IO.Path]::GetDirectoryName($PSScriptRoot), 'Pacsbin.psd1'))
}

# 1. The audit needs no data: what the script does about each row of PS3.15 Table E.1-1, as CTP runs it.
Test-PacsbinScript -LiteralPath $Script -Exact -Summary | ForEach-Object {
    '{0}: {1} of {2} attributes are weaker than the standard, {3} are not looked at' -f $_.Place, $_.Weaker, $_.Rows, $_.Missing
}

# 2. Both runs, under one key, so that patient numbers cannot be found by trying.
$key = [securestring]::new()
[Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).ToCharArray() | ForEach-Object { $key.AppendChar($_) }
$studies = Get-DicomStudy -LiteralPath $Folder
$workspaces = @{ Safe = [IO.Path]::Combine($Destination, 'safe'); Exact = [IO.Path]::Combine($Destination, 'exact') }
$safe = @($studies | Invoke-PacsbinAnonymize -Destination $workspaces.Safe -Script $Script -Key $key -ErrorAction Continue)
$exact = @($studies | Invoke-PacsbinAnonymize -Destination $workspaces.Exact -Script $Script -Key $key -Exact -ErrorAction Continue)

# 3. What the exact run left. A safe run leaves none of it: a rule that would is overruled by the profile.
$left = [Collections.Generic.SortedDictionary[string, string]]::new()
$exact.Findings | Where-Object Kind -eq IdentifierLeft | ForEach-Object { $left["$($_.Tag)"] = $_.Detail.ToLowerInvariant() }
$overruled = [Collections.Generic.SortedSet[string]]::new()
$safe.Findings | Where-Object Kind -eq RuleOverruled | ForEach-Object { $null = $overruled.Add("$($_.Tag)") }
"safe:  $($safe.Count) studies, $(@($safe.Findings | Where-Object Kind -eq IdentifierLeft).Count) identifiers left; rules overruled: $($overruled -join ', ')"
"exact: $($exact.Count) studies, $($left.Count) attributes in which identifiers are left"
@($left.Keys)[0..7] | ForEach-Object { "  $_ $($left[$_])" }

# 4. Nothing of that leaves by mistake.
$exact | Approve-PacsbinStudy -Reviewer 'A reviewer' -AcceptFinding BurnedInSuspected -ErrorAction SilentlyContinue -ErrorVariable refused -Confirm:$false | Out-Null
"$($refused.Count) of the $($exact.Count) exact studies cannot be approved as they are"
