# Pester 5 or 6. The same cmdlets are tested without Pester in tests/Pacsbin.PowerShell.Tests.
BeforeAll {
    Import-Module ([IO.Path]::GetFullPath("$PSScriptRoot/../../Pacsbin.psd1")) -Force
    $source = Join-Path $TestDrive 'script [1].properties'
    Set-Content -LiteralPath $source -Value 'set.[0010,0020]PatientID=@remove()', 'remove.privategroups='
}

Describe 'Test-PacsbinScript' {
    It 'has two rows for each attribute of the table' {
        $rows = Test-PacsbinScript -LiteralPath $source
        $rows | Should -HaveCount 1314
        ($rows | Where-Object { $_.Keyword -eq 'PatientID' -and $_.Place -eq 'Root' }).Verdict | Should -Be 'Stronger'
    }

    It 'counts with -Summary' {
        $summary = Test-PacsbinScript -LiteralPath $source -Exact -Summary
        $summary.Place | Should -Be 'Root', 'Nested'
        $summary[1].Missing | Should -Be 657
    }

    It 'refuses what is no script' {
        $other = Join-Path $TestDrive other.xml
        Set-Content $other '<script><e'
        { Test-PacsbinScript $other -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidScript,*'
    }
}

Describe 'ConvertTo-PacsbinScript' {
    It 'writes <format>' -ForEach @(@{ format = 'CtpXml' }, @{ format = 'PacsbinJson' }) {
        $file = Join-Path $TestDrive $format
        ConvertTo-PacsbinScript -LiteralPath $source $format $file -WhatIf
        $file | Should -Not -Exist
        (ConvertTo-PacsbinScript -LiteralPath $source $format $file).FullName | Should -Be $file
        Get-Content $file -Raw | Should -Be (ConvertTo-PacsbinScript -LiteralPath $source $format)
        { ConvertTo-PacsbinScript -LiteralPath $source $format $file -ErrorAction Stop } | Should -Throw -ErrorId 'DestinationExists,*'
    }
}

Describe 'Invoke-PacsbinAnonymize -Script' {
    BeforeAll {
        $rules = Join-Path $TestDrive 'rules [1].script'
        Set-Content -LiteralPath $rules -Value 'set.[0020,000d]=@hashuid(2.25.7,this)', 'set.[0010,0020]=@hash(this,8)'
        $data = [IO.Path]::GetFullPath("$PSScriptRoot/../../examples/data/ct")
    }

    It 'takes the UID and the patient that the rules give' {
        $study = Invoke-PacsbinAnonymize -Path $data -Destination (Join-Path $TestDrive safe) -Script $rules -WarningAction SilentlyContinue
        $study.StudyInstanceUid | Should -BeLike '2.25.7.*'
        $study.PatientId | Should -Match '^[0-9]{8}$'
    }

    It 'says what an exact run leaves' {
        $study = Invoke-PacsbinAnonymize -Path $data -Destination (Join-Path $TestDrive exact) -Script $rules -Exact -WarningAction SilentlyContinue
        $study.Findings.Kind | Should -Contain 'IdentifierLeft'
    }
}
