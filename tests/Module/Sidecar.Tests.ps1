# Pester 5 or 6. The same cmdlets are tested without Pester in tests/Pacsbin.PowerShell.Tests.
BeforeAll {
    Import-Module ([IO.Path]::GetFullPath("$PSScriptRoot/../../Pacsbin.psd1")) -Force
    $before = $env:PACSBIN_SIDECAR
    $env:PACSBIN_SIDECAR = Join-Path $TestDrive user
    $null = New-Item -ItemType Directory (Join-Path $TestDrive source), (Join-Path $TestDrive out), (Join-Path $TestDrive projects)
    $null = New-PacsbinProject (Join-Path $TestDrive projects/trial)
    $sidecar = Start-PacsbinSidecar -Root (Join-Path $TestDrive source) -Workspace (Join-Path $TestDrive out) -Projects (Join-Path $TestDrive projects)
}

AfterAll {
    Get-PacsbinSidecar | Stop-PacsbinSidecar
    $env:PACSBIN_SIDECAR = $before
}

Describe 'Start-PacsbinSidecar' {
    It 'gives a sidecar that answers who has the token' {
        $token = Get-Content $sidecar.TokenPath -Raw
        (Invoke-RestMethod "$($sidecar.Url)v1/studies" -Headers @{ Authorization = "Bearer $token" }).studies | Should -BeNullOrEmpty
        { Invoke-RestMethod "$($sidecar.Url)v1/studies" } | Should -Throw
    }

    It 'refuses a folder that is not there' {
        Start-PacsbinSidecar -Root (Join-Path $TestDrive nowhere) -ErrorAction SilentlyContinue -ErrorVariable refused
        $refused.FullyQualifiedErrorId | Should -BeLike 'FileIo,*'
    }
}

Describe 'Get-PacsbinSidecar' {
    It 'gives a login link only if it is asked for' {
        (Get-PacsbinSidecar).LoginUrl | Should -BeNullOrEmpty
        (Get-PacsbinSidecar -LoginLink).LoginUrl | Should -Match '/login\?code='
    }
}

Describe 'Register-PacsbinSchedule' {
    It 'keeps a schedule until it is forgotten' {
        $null = Register-PacsbinSchedule nightly '0 2 * * *' -Path (Join-Path $TestDrive source) -Project trial
        (Get-PacsbinSchedule).Name | Should -Be 'nightly'
        Get-PacsbinSchedule | Unregister-PacsbinSchedule
        Get-PacsbinSchedule | Should -BeNullOrEmpty
    }
}
