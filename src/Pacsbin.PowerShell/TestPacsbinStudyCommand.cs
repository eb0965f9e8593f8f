using System.Management.Automation;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Tests studies of a workspace again for whatever may be wrong.</summary>
/// <remarks>
/// <para>Each copy is compared with the manifest's hashes, with what its profile leaves of each attribute, and, if -Source is given, with the names, numbers, dates,
/// addresses and UIDs of the source. Invoke-PacsbinAnonymize has done the last for every file that it wrote; this does it again, at any time, for all files of the study together.</para>
/// <para>One object comes out for each study, with IsPassed and Problems. A suspicion of burned-in text and a reference to an instance that is not in the workspace are
/// told, and are for a person to judge. Nothing is changed.</para>
/// <para>Dates are searched in text only: one that was moved can by chance be a date of another source.</para>
/// </remarks>
/// <example>
///   <code>Get-DicomStudy -Path ./for-research | Test-PacsbinStudy</code>
///   Tests hashes, conformance and references of all studies of a workspace.
/// </example>
/// <example>
///   <code>
///   $sources = Get-DicomStudy -Path ./from-pacs
///   Test-PacsbinStudy -Path ./for-research -Source $sources | Where-Object { -not $_.IsPassed }
///   </code>
///   Lists the studies in which anything of the sources is left, or that are otherwise not as they should be.
/// </example>
/// <example>
///   <code>(Test-PacsbinStudy -Path ./for-research -Source $sources -AllowWord CHEST).Problems</code>
///   Shows what was found, and does not mind the word CHEST, which is a patient's name here and a part of the body.
/// </example>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
/// <seealso cref="GetDicomStudyCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "PacsbinStudy", DefaultParameterSetName = "Path")]
[OutputType(typeof(StudyTestResult))]
public sealed class TestPacsbinStudyCommand : StudyInputCmdlet
{
    /// <summary>The studies that the copies were made from. Without them, identifiers are not looked for.</summary>
    [Parameter]
    [ValidateNotNull]
    public DicomStudy[] Source { get; set; } = [];

    /// <summary>Words that are harmless although a source has them as an identifier.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AllowWord { get; set; } = [];

    protected override void EndProcessing()
    {
        foreach (var study in FindStudies())
        {
            if (!study.IsInWorkspace)
            {
                WriteError(ErrorRecords.Of(new PacsbinException(PacsbinError.FileNotFound, "The study is in no workspace: there is no manifest to test it by."), study.Path));
                continue;
            }

            RunApart(pump =>
            {
                try
                {
                    var result = new StudyTest
                    {
                        Sources = Source,
                        AllowedWords = AllowWord,
                        ThrottleLimit = ThrottleLimit,
                        Rejected = (path, error) => PostError(pump, path, error),
                    }.Run(study, pump.Progress<int>(done => Describe(done, study)), pump.Cancellation);
                    pump.Post(() => WriteObject(result));
                }
                catch (PacsbinException e)
                {
                    PostError(pump, study.Path, e);
                }
            });
        }
    }

    private static ProgressRecord Describe(int done, DicomStudy study) =>
        new(5, "Testing copies", $"{done} of {study.InstanceCount} files") { PercentComplete = (int)Math.Min(100, 100L * done / Math.Max(1, study.InstanceCount)) };
}
