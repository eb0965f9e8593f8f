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
        { "Get-DicomStudy -Pat", ["-Path", "-PatientId"] },
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
        { "Invoke-PacsbinAnonymize -Option RetainUids, Clean", ["CleanGraphics", "CleanPixelData"] },
    };

    public void Dispose() => session.Dispose();

    [Theory, MemberData(nameof(Inputs))]
    public void Completion_offers(string input, string[] expected) => Assert.Equal(expected.Order(), Complete(input).Order());

    [Fact]
    public void Completion_offers_every_option_of_the_core() =>
        Assert.Equal(Enum.GetNames<ProfileOptions>().Except([nameof(ProfileOptions.None)]).Order(), Complete("Invoke-PacsbinAnonymize -Option ").Order());

    IEnumerable<string> Complete(string input) =>
        session.Invoke("[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches", input)
            .Select(m => ((CompletionResult)m.BaseObject).CompletionText);
}
