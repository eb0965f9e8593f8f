#Requires -Version 7.6
<#
.SYNOPSIS
    Builds, tests, measures or packages the module.
.DESCRIPTION
    Runs in pwsh 7.6 and in pacsbin-host, so it uses the language, .NET and programs, but no cmdlet of Utility or Management.
#>
param(
    [ValidateSet('Build', 'Test', 'Bench', 'Package')]
    [string] $Task = 'Build',
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

function Invoke-Dotnet {
    & dotnet @args
    if ($LASTEXITCODE) { throw "dotnet $($args[0]) failed with exit code $LASTEXITCODE." }
}

function Build {
    Invoke-Dotnet build "$PSScriptRoot/src/Pacsbin.PowerShell" -c $Configuration
    Invoke-Dotnet build "$PSScriptRoot/src/Pacsbin.Sidecar" -c $Configuration # which puts itself beside the module
}

function Test {
    Invoke-Dotnet test --solution "$PSScriptRoot/PacsbinPS.sln" -c $Configuration
    # Pester needs the cmdlets that pacsbin-host lacks.
    if ($Host.Name -eq 'PacsbinHost' -or -not (Get-Module Pester -ListAvailable)) { return 'tests/Module was not run: no Pester here.' }
    Invoke-Pester -Path "$PSScriptRoot/tests/Module" -CI
}

function Bench { Invoke-Dotnet run --project "$PSScriptRoot/tests/Pacsbin.Benchmarks" -c Release }

# A folder named after its version inside one named after the module is what PSModulePath and galleries expect.
function Package {
    $module = "$PSScriptRoot/module"
    foreach ($old in [IO.Directory]::GetFiles($module, '*.dll')) { [IO.File]::Delete($old) }
    foreach ($old in [IO.Directory]::GetDirectories($module, '*-x*') + [IO.Directory]::GetDirectories($module, '*-arm*')) { [IO.Directory]::Delete($old, $true) }
    if ([IO.Directory]::Exists("$module/sidecar")) { [IO.Directory]::Delete("$module/sidecar", $true) }
    $script:Configuration = 'Release'
    Build

    $version = [regex]::Match([IO.File]::ReadAllText("$PSScriptRoot/Pacsbin.psd1"), "ModuleVersion\s*=\s*'([\d.]+)'").Groups[1].Value
    $target = "$PSScriptRoot/artifacts/Pacsbin/$version"
    if ([IO.Directory]::Exists($target)) { [IO.Directory]::Delete($target, $true) }
    $files = @("$PSScriptRoot/Pacsbin.psd1", "$PSScriptRoot/LICENSE") + [IO.Directory]::GetFiles($module, '*', 'AllDirectories')
    foreach ($file in $files | Where-Object { $_ -notlike '*.pdb' }) {
        $copy = [IO.Path]::Combine($target, [IO.Path]::GetRelativePath($PSScriptRoot, $file))
        $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($copy))
        [IO.File]::Copy($file, $copy)
    }
    "Packaged: $target"
}

& $Task
