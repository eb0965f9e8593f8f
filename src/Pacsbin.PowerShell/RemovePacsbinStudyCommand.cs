using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Deletes de-identified studies from a workspace.</summary>
/// <remarks>
/// <para>Deletes the files that study.json lists, study.json itself and then the study's folder, and asks first. A folder that holds anything else is refused (DestinationExists), and so is a source study:
/// those are never deleted. Of a link the link is deleted, never what it leads to.</para>
/// <para>The study is gone as a whole from the first moment on. If the command is interrupted, what is left is hidden, and the same command with -Path or -LiteralPath deletes it, for the study's folder
/// or for the whole workspace.</para>
/// <para>The crosswalk of a project keeps its entries.</para>
/// </remarks>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./for-teaching | Where-Object State -eq Sent |
///       Remove-PacsbinStudy
///   </code>
///   Deletes the studies that have been sent, and asks for each.
/// </example>
/// <example>
///   <code>Remove-PacsbinStudy -Path ./for-teaching -OlderThanDays 90 -Confirm:$false</code>
///   Deletes, without questions, the studies that were de-identified more than 90 days ago, as a scheduled task does.
/// </example>
/// <example>
///   <code>Remove-PacsbinStudy -LiteralPath './scans [old]/2.25.1234' -WhatIf</code>
///   Shows whether one study would be deleted.
/// </example>
/// <seealso cref="GetDicomStudyCommand"/>
/// <seealso cref="RevokePacsbinApprovalCommand"/>
[Cmdlet(VerbsCommon.Remove, "PacsbinStudy", DefaultParameterSetName = "Study", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemovePacsbinStudyCommand : StudyInputCmdlet
{
    /// <summary>Only studies that were de-identified more than this many days ago. Without it, all.</summary>
    [Parameter]
    [ValidateRange(0, 36500)]
    public int? OlderThanDays { get; set; }

    protected override void EndProcessing()
    {
        if (!AreStudiesGiven)
        {
            DropPaths(FinishInterrupted);
        }

        foreach (var study in FindStudies())
        {
            try
            {
                RemoveOne(study);
            }
            catch (PacsbinException e)
            {
                WriteError(ErrorRecords.Of(e, study.Path));
            }
        }
    }

    /// <summary>Ends what an earlier command did not; true if nothing is left at the path.</summary>
    private bool FinishInterrupted(string path)
    {
        if (!StudyRemoval.IsInterrupted(path))
        {
            return false;
        }

        try
        {
            if (ShouldProcess(ErrorRecords.Printable(path), "Finish an interrupted removal"))
            {
                StudyRemoval.Resume(path);
            }
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, path));
        }

        return !Directory.Exists(path);
    }

    private void RemoveOne(DicomStudy study)
    {
        var manifest = !study.IsInWorkspace ? null : Manifest.Read(study.Path);
        if (OlderThanDays is { } days && manifest is not null && manifest.Created > DateTimeOffset.UtcNow.AddDays(-days))
        {
            return;
        }

        var count = manifest?.Files.Count ?? study.InstanceCount; // those that cannot be read any more go too
        if (ShouldProcess($"study with {count} {(count == 1 ? "file" : "files")} in {ErrorRecords.Printable(study.Path)}", "Delete"))
        {
            RunApart(pump => StudyRemoval.Remove(study, pump.Cancellation));
        }
    }
}
