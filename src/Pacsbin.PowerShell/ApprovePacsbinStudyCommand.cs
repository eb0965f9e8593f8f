using System.Management.Automation;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Records that a person has reviewed de-identified studies.</summary>
/// <remarks>
/// <para>An approval is for exactly the bytes that a study has. Only a study in a workspace can be approved, found whole, and only if its folder holds nothing but what study.json lists. Every file is compared with the hash that it was written with:
/// one that has changed is an error, and then nothing changes. While a finding says that pixels may show text (BurnedInSuspected, RegionErasedNothing, RedactionUndone, RedactionMissing),
/// the study is refused (NotApproved). A region that was erased in all frames of a file settles the suspicion against that file; all else has to be accepted with -AcceptFinding.</para>
/// <para>Files with pixels are made to say what is only true now: Burned In Annotation (0028,0301) is NO, and De-identification Method Code Sequence (0012,0064) has the code 113101. study.json
/// gets the reviewer, the time, the comment, the accepted kinds of findings, the SHA-256 of every file, and one hash over all of them. The study's State becomes Approved.</para>
/// <para>Any later change makes the approval void: <see cref="GetDicomStudyCommand"/> then shows the State Deidentified and the finding ApprovalVoid. A study that is approved and unchanged is a warning
/// and goes on down the pipeline; -Force records a new approval. With -WhatIf, or if it is declined, a study does not go on.</para>
/// <para>Either all files of a study are stamped or none. Run an interrupted command again: it goes on from there.</para>
/// </remarks>
/// <example>
///   <code>Get-DicomStudy -Path ./for-teaching | Approve-PacsbinStudy -Comment 'All slices looked at.'</code>
///   Approves all studies of a workspace in the name of the current user.
/// </example>
/// <example>
///   <code>Approve-PacsbinStudy -Path ./for-teaching -AcceptFinding BurnedInSuspected -Reviewer 'R. Reader'</code>
///   Approves studies of modalities that often burn in text, after the reviewer has looked at every frame and found none.
/// </example>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./for-teaching | Where-Object State -eq Deidentified |
///       Approve-PacsbinStudy -WhatIf
///   </code>
///   Shows which studies would be approved.
/// </example>
/// <seealso cref="RevokePacsbinApprovalCommand"/>
/// <seealso cref="GetDicomStudyCommand"/>
/// <seealso cref="AddRedactionRegionCommand"/>
[Cmdlet(VerbsLifecycle.Approve, "PacsbinStudy", DefaultParameterSetName = "Study", SupportsShouldProcess = true)]
[OutputType(typeof(DicomStudy))]
public sealed class ApprovePacsbinStudyCommand : StudyInputCmdlet
{
    /// <summary>Who has looked at the studies.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "The current user")]
    public string Reviewer { get; set; } = Environment.UserName;

    /// <summary>What the reviewer has to say. It is stored as it is, so it must not name a patient.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Comment { get; set; }

    /// <summary>Kinds of findings that the reviewer has looked at and accepts.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public FindingKind[] AcceptFinding { get; set; } = [];

    /// <summary>Records a new approval of a study that is approved and unchanged.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (string.IsNullOrWhiteSpace(Reviewer))
        {
            Refuse("-Reviewer", "Somebody has to have looked at the studies.");
        }
    }

    protected override void EndProcessing()
    {
        foreach (var study in FindStudies())
        {
            if (ShouldProcess(Describe(study), $"Approve as {ErrorRecords.Printable(Reviewer)}") && Approve(study))
            {
                WriteObject(study);
            }
        }
    }

    private bool Approve(DicomStudy study)
    {
        ApprovalOutcome? outcome = null;
        try
        {
            RunApart(pump => outcome = new StudyApproval(study, Reviewer)
            {
                Comment = Comment,
                Accepted = AcceptFinding,
                Force = Force,
                ThrottleLimit = ThrottleLimit,
                Rejected = (path, error) => PostError(pump, path, error),
            }.Run(pump.Progress<int>(done => DescribeFiles(done, study)), pump.Cancellation));
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, study.Path));
        }

        if (outcome is ApprovalOutcome.Refused or ApprovalOutcome.Unchanged)
        {
            WriteWarning(ErrorRecords.Printable(study.Path) + (outcome == ApprovalOutcome.Unchanged
                ? ": the study is approved, and has not changed since. -Force records a new approval."
                : ": nothing was approved, because not all files are as they were written."));
        }

        return outcome is ApprovalOutcome.Recorded or ApprovalOutcome.Unchanged;
    }

    private static ProgressRecord DescribeFiles(int done, DicomStudy study) =>
        new(5, "Approving a study", $"{done} of {study.InstanceCount} files") { PercentComplete = (int)(100L * done / Math.Max(1, study.InstanceCount)) };
}
