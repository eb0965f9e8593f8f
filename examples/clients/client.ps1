<#
.SYNOPSIS
Has a sidecar de-identify the studies below a folder, and says where a person reviews them.

.DESCRIPTION
For Windows PowerShell 5.1, which cannot load the module. PowerShell 7.6 and later can: there the cmdlets are simpler.

.EXAMPLE
powershell -File client.ps1 http://localhost:5400 $env:LOCALAPPDATA\Pacsbin\sidecar\token-5400 D:\from-pacs
#>
param(
    # Where the sidecar answers.
    [Parameter(Mandatory = $true)] [uri] $Url,

    # The file with its token, which it named at its start.
    [Parameter(Mandatory = $true)] [string] $TokenFile,

    # The folder with the studies, below one of its roots.
    [Parameter(Mandatory = $true)] [string] $Folder,

    # The name of a project's folder, for pseudonyms that can be resolved.
    [string] $Project
)

$ErrorActionPreference = 'Stop'
$headers = @{ Authorization = 'Bearer ' + (Get-Content -LiteralPath $TokenFile -Raw).Trim() }

function Invoke-Sidecar([string] $Method, [string] $Path, $Body) {
    $request = @{ Method = $Method; Uri = [uri]::new($Url, $Path); Headers = $headers; UseBasicParsing = $true }
    if ($Body) {
        $request.ContentType = 'application/json; charset=utf-8'
        # As bytes, because 5.1 writes texts in another encoding.
        $request.Body = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $Body -Depth 5))
    }
    Invoke-RestMethod @request
}

$wanted = @{ paths = @((Resolve-Path -LiteralPath $Folder).ProviderPath) }
if ($Project) { $wanted.project = $Project }
$job = Invoke-Sidecar Post '/v1/studies/deidentify' $wanted
while (-not $job.ended) {
    Start-Sleep -Milliseconds 500
    $job = Invoke-Sidecar Get "/v1/jobs/$($job.id)"
    Write-Progress -Activity 'De-identifying' -Status "$($job.progress.files) of $($job.progress.totalFiles) files"
}
if ($job.state -ne 'Succeeded') { throw "The job has $($job.state): $($job.problem.detail)" }

$job.result.deidentified | Select-Object studyInstanceUid, state, written
"Review: $((Invoke-Sidecar Post '/v1/login-links').url)"
