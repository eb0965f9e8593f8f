using System.Management.Automation;
using Pacsbin.Deidentification;

namespace Pacsbin.Tests;

public sealed class TabCompletionTests : IDisposable
{
    readonly ModuleSession session = new();

    public static TheoryData<string, string[]> Inputs => new()
    {
        { "Get-Dicom", ["Get-DicomStudy"] },
        { "New-Pacs", ["New-PacsbinProject"] },
        { "New-PacsbinProject -UidPolicy ", ["Replace", "Retain"] },
        { "New-PacsbinProject -ProfileName ", ["Basic", "Pacsbin"] },
        { "Set-PacsbinProject -A", ["-AllowWord", "-Archive"] },
        { "Import-PacsbinKey -P", ["-Passphrase", "-Path", "-PipelineVariable", "-ProgressAction", "-Project"] },
        { "Invoke-Pacs", ["Invoke-PacsbinAnonymize"] },
        { "Get-DicomStudy -Pat", ["-Path", "-PatientId", "-PatientName"] },
        { "Invoke-PacsbinAnonymize -ProfileName ", ["Basic", "Pacsbin"] },
        { "Invoke-PacsbinAnonymize -Option RetainP", ["RetainPatientCharacteristics"] },
        { "Add-Red", ["Add-RedactionRegion"] },
        { "Add-RedactionRegion -S", ["-SeriesInstanceUid", "-Shape", "-SopInstanceUid", "-Study"] },
        { "Add-RedactionRegion -Shape ", ["Ellipse", "Rectangle"] },
        { "Get-RedactionRegion -S", ["-Study"] },
        { "Remove-RedactionRegion -R", ["-Region"] },
        { "Invoke-PacsbinAnonymize -Pix", ["-PixelScript"] },
        { "Approve-Pacs", ["Approve-PacsbinStudy"] },
        { "Approve-PacsbinStudy -AcceptFinding Burn", ["BurnedInSuspected"] },
        { "Approve-PacsbinStudy -AcceptFinding BurnedInSuspected, Redaction", ["RedactionMissing", "RedactionUndone"] },
        { "Remove-Pacs", ["Remove-PacsbinStudy"] },
        { "Remove-PacsbinStudy -Old", ["-OlderThanDays"] },
        { "Revoke-Pacs", ["Revoke-PacsbinApproval"] },
        { "Register-Pacs", ["Register-PacsbinArchive", "Register-PacsbinSchedule"] },
        { "Register-PacsbinArchive -Authentication ", ["Basic", "Bearer", "ClientCertificate", "None", "OAuth2ClientCredentials"] },
        { "Register-PacsbinArchive -C", ["-CaFile", "-CertificatePassword", "-ClientCertificate", "-Confirm", "-Credential"] },
        { "Unregister-Pacs", ["Unregister-PacsbinArchive", "Unregister-PacsbinSchedule"] },
        { "Start-Pacs", ["Start-PacsbinSidecar"] },
        { "Stop-Pacs", ["Stop-PacsbinSidecar"] },
        { "Get-PacsbinS", ["Get-PacsbinSchedule", "Get-PacsbinSidecar"] },
        { "Start-PacsbinSidecar -Pro", ["-ProgressAction", "-Projects"] },
        { "Register-PacsbinSchedule -Pa", ["-Path", "-PatientId"] },
        { "Test-PacsbinA", ["Test-PacsbinArchive", "Test-PacsbinAuditLog"] },
        { "Test-PacsbinSc", ["Test-PacsbinScript"] },
        { "Test-PacsbinScript -ProfileName ", ["Basic", "Pacsbin"] },
        { "Test-PacsbinScript -Option RetainU", ["RetainUids"] },
        { "Test-PacsbinScript -Pa", ["-Parameter", "-Path"] },
        { "ConvertTo-Pacs", ["ConvertTo-PacsbinScript"] },
        { "ConvertTo-PacsbinScript -Format ", ["CtpXml", "PacsbinJson"] },
        { "Get-DicomStudy -A", ["-AccessionNumber", "-Archive"] },
        { "Receive-Dicom", ["Receive-DicomStudy"] },
        { "Receive-DicomStudy -T", ["-ThrottleLimit", "-Transient"] },
        { "Receive-DicomStudy -S", ["-SeriesInstanceUid", "-SopInstanceUid", "-Study", "-StudyInstanceUid"] },
        { "Send-Pacs", ["Send-PacsbinStudy"] },
        { "Send-PacsbinStudy -Request", ["-RequestInstances", "-RequestMegabytes"] },
        { "Send-PacsbinStudy -D", ["-Debug", "-DestinationPath", "-DicomDir"] },
        { "Invoke-PacsbinAnonymize -Option RetainUids, Clean", ["CleanGraphics", "CleanPixelData"] },
    };

    public void Dispose() => session.Dispose();

    [Theory, MemberData(nameof(Inputs))]
    public void Completion_offers(string input, string[] expected) => Assert.Equal(expected.Order(), Complete(input).Order());

    [Fact]
    public void Completion_offers_every_option_of_the_core() =>
        Assert.Equal(Enum.GetNames<ProfileOptions>().Except([nameof(ProfileOptions.None)]).Order(), Complete("Invoke-PacsbinAnonymize -Option ").Order());

    [Theory]
    [InlineData("Get-DicomStudy -Archive ")]
    [InlineData("Receive-DicomStudy -Transient -Archive ")]
    [InlineData("Send-PacsbinStudy -Archive ")]
    [InlineData("Get-PacsbinArchive ")]
    [InlineData("Get-PacsbinArchive -Name nobody, ")]
    [InlineData("Test-PacsbinArchive -Name ")]
    [InlineData("Unregister-PacsbinArchive ")]
    [InlineData("Register-PacsbinSchedule nightly -Archive ")]
    public void Completion_offers_names_of_archives(string input)
    {
        string start = "tab" + Guid.NewGuid().ToString("N")[..8];
        string[] names = [start + "-pacs.1", start + " o'clock", start + "[1]"];
        foreach (string name in names) session.Invoke("$null = Register-PacsbinArchive $args[0] http://127.0.0.1:1/", name);
        try
        {
            Assert.Equal(new[] { $"'{start} o''clock'", $"'{start}[1]'", names[0] }.Order(StringComparer.Ordinal), Complete(input + start.ToUpperInvariant()).Order(StringComparer.Ordinal));
            if (!input.EndsWith(", ", StringComparison.Ordinal)) Assert.Equal([$"'{start} o''clock'"], Complete(input + $"'{start} ")); // the engine itself does not complete an open quote in a list
            Assert.Contains(names[0], Complete(input));
        }
        finally
        {
            session.Invoke("$args | Unregister-PacsbinArchive", names[0], names[1], start + "`[1`]");
        }
    }

    IEnumerable<string> Complete(string input) =>
        session.Invoke("[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches", input)
            .Select(m => ((CompletionResult)m.BaseObject).CompletionText);
}
