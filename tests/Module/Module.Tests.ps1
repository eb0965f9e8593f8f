# Pester 5 or 6. The same module is tested without Pester in tests/Pacsbin.PowerShell.Tests.
BeforeAll {
    $manifest = [IO.Path]::GetFullPath("$PSScriptRoot/../../Pacsbin.psd1")
    Import-Module $manifest -Force
}

Describe 'Pacsbin' {
    It 'has a valid manifest' {
        (Test-ModuleManifest $manifest).Name | Should -Be 'Pacsbin'
    }

    It 'exports what its manifest names' {
        $named = (Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object
        (Get-Command -Module Pacsbin).Name | Sort-Object | Should -Be $named
    }

    It 'explains every cmdlet with examples' {
        foreach ($command in Get-Command -Module Pacsbin) {
            (Get-Help $command.Name -Full).examples.example.Count | Should -BeGreaterOrEqual 1 -Because $command.Name
        }
    }
}
