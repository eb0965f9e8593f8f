using System.Management.Automation;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Takes the approval of studies back.</summary>
/// <remarks>
/// <para>The State goes back to Deidentified, the approval leaves study.json, and what it had written into the files is taken back, so that no copy claims a review that was withdrawn: the files are then,
/// byte for byte, those that were there before. What was erased from pixels stays erased, and files that say so go on saying it.</para>
/// <para>If a file is missing or has changed, each such file is an error, the approval is withdrawn all the same, and the other files stay as they are; run the command again when the file is back.
/// What was sent before cannot be called back by this command.</para>
/// <para>Run an interrupted command again: it goes on from there.</para>
/// </remarks>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./for-teaching | Where-Object State -eq Approved |
///       Revoke-PacsbinApproval
///   </code>
///   Takes all approvals of a workspace back.
/// </example>
/// <example>
///   <code>Revoke-PacsbinApproval -LiteralPath ./for-teaching/2.25.1234 -Confirm</code>
///   Takes the approval of one study back, after a question.
/// </example>
/// <example>
///   <code>Get-DicomStudy -Path ./for-teaching | Revoke-PacsbinApproval -WhatIf</code>
///   Shows which approvals would be taken back.
/// </example>
/// <seealso cref="ApprovePacsbinStudyCommand"/>
/// <seealso cref="GetDicomStudyCommand"/>
[Cmdlet(VerbsSecurity.Revoke, "PacsbinApproval", DefaultParameterSetName = "Study", SupportsShouldProcess = true)]
[OutputType(typeof(DicomStudy))]
public sealed class RevokePacsbinApprovalCommand : StudyInputCmdlet
{
    protected override void EndProcessing()
    {
        foreach (var study in FindStudies())
        {
            if (ShouldProcess(Describe(study), "Revoke the approval") && Revoke(study))
            {
                WriteObject(study);
            }
        }
    }

    private bool Revoke(DicomStudy study)
    {
        RevocationOutcome? outcome = null;
        try
        {
            RunApart(pump => outcome = new StudyRevocation(study)
            {
                ThrottleLimit = ThrottleLimit,
                Rejected = (path, error) => PostError(pump, path, error),
            }.Run(pump.Progress<int>(done => DescribeFiles(done, study)), pump.Cancellation));
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, study.Path));
        }

        if (outcome is RevocationOutcome.NotApproved or RevocationOutcome.StampsLeft)
        {
            WriteWarning(ErrorRecords.Printable(study.Path) + (outcome == RevocationOutcome.NotApproved
                ? ": the study is not approved."
                : ": the study is not approved any more, but its files still say that their pixels were reviewed."));
        }

        return outcome is not null;
    }

    private static ProgressRecord DescribeFiles(int done, DicomStudy study) =>
        new(6, "Revoking an approval", $"{done} of {study.InstanceCount} files") { PercentComplete = (int)Math.Min(100, 100L * done / Math.Max(1, study.InstanceCount)) };
}
