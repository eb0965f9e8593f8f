# Pester 5 or 6. The same cmdlets are tested without Pester, and against servers, in tests/Pacsbin.PowerShell.Tests/Archives.
BeforeAll {
    Import-Module ([IO.Path]::GetFullPath("$PSScriptRoot/../../Pacsbin.psd1")) -Force
    $before = $env:PACSBIN_ARCHIVES
    $env:PACSBIN_ARCHIVES = Join-Path $TestDrive archives
    $secret = ConvertTo-SecureString 'not to be seen' -AsPlainText -Force
}

AfterAll {
    $env:PACSBIN_ARCHIVES = $before
}

Describe 'Register-PacsbinArchive' {
    AfterEach {
        Unregister-PacsbinArchive *
    }

    It 'keeps an archive without its secret in clear' {
        $archive = Register-PacsbinArchive pacs https://pacs.example/dicom-web/studies -Authentication Bearer -Token $secret
        $archive.StowUri | Should -Be 'https://pacs.example/dicom-web'
        $archive.Secret | Should -Be 'Stored'
        Get-PacsbinArchive p* | Format-List * | Out-String | Should -Not -Match 'not to be seen'
        Get-PacsbinArchive | ConvertTo-Json | Should -Not -Match 'not to be seen'
        Get-ChildItem $env:PACSBIN_ARCHIVES -Filter *.json | Get-Content -Raw | Should -Not -Match 'not to be seen'
    }

    It 'refuses <parameters>' -ForEach @(
        @{ parameters = @{ Uri = 'http://pacs.example' } }
        @{ parameters = @{ Uri = 'https://me:secret@pacs.example' } }
        @{ parameters = @{ Uri = 'https://pacs.example'; Authentication = 'Bearer' } }
        @{ parameters = @{ Uri = 'https://pacs.example'; Thumbprint = '12' } }
    ) {
        { Register-PacsbinArchive pacs @parameters } | Should -Throw -ErrorId 'InvalidArgument,*'
        Get-PacsbinArchive | Should -BeNullOrEmpty
    }

    It 'takes a name twice with -Force only' {
        $null = Register-PacsbinArchive pacs https://pacs.example
        { Register-PacsbinArchive PACS https://pacs.example } | Should -Throw -ErrorId 'DestinationExists,*'
        { Register-PacsbinArchive PACS https://pacs.example -Force } | Should -Not -Throw
    }
}

Describe 'Unregister-PacsbinArchive' {
    It 'forgets nothing with -WhatIf' {
        $null = Register-PacsbinArchive pacs https://pacs.example
        Get-PacsbinArchive | Unregister-PacsbinArchive -WhatIf
        Get-PacsbinArchive | Should -HaveCount 1
        Get-PacsbinArchive | Unregister-PacsbinArchive
        Get-PacsbinArchive | Should -BeNullOrEmpty
    }
}

Describe 'Test-PacsbinArchive' {
    It 'says that nobody answers' {
        $null = Register-PacsbinArchive nobody http://127.0.0.1:1/
        $result = Test-PacsbinArchive nobody
        $result.IsReachable | Should -BeFalse
        $result.Problem | Should -Not -BeNullOrEmpty
        Unregister-PacsbinArchive nobody
    }
}

Describe 'Archives that are not registered' {
    It 'are an error of <command>' -ForEach @(
        @{ command = { Get-DicomStudy -Archive nobody } }
        @{ command = { Receive-DicomStudy -Archive nobody -StudyInstanceUid 1.2.3 -Transient -ErrorAction Stop } }
        @{ command = { Send-PacsbinStudy -Path $PSScriptRoot -Archive nobody -ErrorAction Stop } }
    ) {
        { & $command } | Should -Throw -ErrorId 'FileNotFound,*'
    }
}
