using System.Management.Automation;
using Pacsbin.Projects;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Writes a report on the studies of a workspace: a page, JSON or a table.</summary>
/// <remarks>
/// <para>The report is one file. As a page (Html, the default) it needs no script and loads nothing, from nowhere; it can be read, printed and archived as it is.
/// Json has the same data, in the form that module/report.schema.json describes, and Csv a row for each file.</para>
/// <para>It tells what was done to the studies, what was found, and who approved them, for all together and for each: its new Study Instance UID and pseudonym, modality, series, files and bytes, state, profile with edition and options,
/// project, how many attributes were kept, removed, emptied and replaced, findings, source files that were rejected by reason, erased regions, the approval, and the hashes of all files. A study
/// whose files a version wrote that did not count attributes says so.</para>
/// <para>All of that comes from manifests (study.json) and from the copies. Of a copy's header it shows the pseudonym, the modality, series numbers and UIDs: no
/// description, no device, no date. If a file has another length than it was written with, or if an approval is void because files changed, it shows nothing of the
/// study's headers and pixels at all, because nobody knows what they say now.</para>
/// <para>A contact sheet shows pixels. A page has one of a study that is approved. It has one of another study only if its profile looks for burned-in text (CleanPixelData, as
/// the default profile does), and no file is suspected of having some, unless a region was erased in all frames of that file. The other studies have a note that says why they
/// have none. Images whose bytes are not those that the manifest lists are never shown. -NoPicture leaves out all sheets.</para>
/// <para>A study that no manifest lists, such as a source study, is one error and never in the report; so is one whose manifest cannot be read, and the others are reported. If that leaves none,
/// no report is written. Without any study, the report says that there is none.</para>
/// <para>The report appears when it is whole. Only its owner may read the file, until you say otherwise. It cannot go into the folder of a de-identified study.
/// In a Csv report, a cell that a spreadsheet would take for a formula begins with an apostrophe.</para>
/// </remarks>
/// <example>
///   <code>Export-PacsbinReport ./for-research report.html</code>
///   Writes a page on all studies of a workspace.
/// </example>
/// <example>
///   <code>Get-DicomStudy -Path ./for-research | Where-Object State -eq Approved |
///       Export-PacsbinReport -Destination ./approved.html -Title 'Hip study, second batch'</code>
///   Writes a page on the approved studies only, with a heading of its own.
/// </example>
/// <example>
///   <code>Export-PacsbinReport -Path ./for-research -Destination ./files.csv -Format Csv -Force</code>
///   Writes a table of all files with their hashes, in the place of an earlier one.
/// </example>
/// <example>
///   <code>
///   $sources = Get-DicomStudy -Path ./from-pacs
///   Export-PacsbinReport ./for-research report.html -Source $sources -Project ./trial
///   </code>
///   Writes the page only if nothing of the sources, and nothing that the project's crosswalk knows of the patients, is in it: not in the heading, not in a reviewer's comment.
/// </example>
/// <example>
///   <code>Export-PacsbinReport -LiteralPath './for research [2]' -Destination ./report.json -Format Json</code>
///   Writes the report for a program to read. The folder's name has brackets.
/// </example>
/// <seealso cref="GetDicomStudyCommand"/>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsData.Export, "PacsbinReport", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPacsbinReportCommand : StudyInputCmdlet
{
    private string destination = "";

    /// <summary>The report's file, in a folder that exists. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>Html for a page, Json for a program, Csv for a table of files.</summary>
    [Parameter]
    [PSDefaultValue(Value = ReportFormat.Html)]
    public ReportFormat Format { get; set; }

    /// <summary>The heading. It is in the report as it is given: name no patient in it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Value = "De-identification report")]
    public string Title { get; set; } = "De-identification report";

    /// <summary>Leaves contact sheets out of a page.</summary>
    [Parameter]
    public SwitchParameter NoPicture { get; set; }

    /// <summary>The studies that the copies were made from. All that the report would tell is searched for their names, numbers, dates and UIDs; if one is found, no report is written.</summary>
    [Parameter]
    [ValidateNotNull]
    public DicomStudy[] Source { get; set; } = [];

    /// <summary>The folder of the project that the studies are made for. All that the report would tell is searched for what its crosswalk knows of the studies' patients. The project's
    /// key is stored, or in the environment variable PACSBIN_KEY. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Project { get; set; }

    /// <summary>Words that are harmless in the report although a source has them as an identifier.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AllowWord { get; set; } = [];

    /// <summary>Replaces a file that is in the report's place.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        destination = ResolveFile();
    }

    protected override void EndProcessing()
    {
        var studies = FindStudies().Distinct().Where(s => s.InstanceCount > 0).ToList();
        if (Stopping || !ShouldProcess(destination, $"Write a report on {studies.Count} {(studies.Count == 1 ? "study" : "studies")}"))
        {
            return;
        }

        var isWritten = false;
        try
        {
            var folder = Project is null ? null : SourcePaths.Resolve(this, Project);
            RunApart(pump =>
            {
                // Here, because a report that is stopped may look into the crosswalk a little longer than this command lives.
                using var project = folder is null ? null : Projects.Project.Open(folder);
                using var crosswalk = project is null ? null : Crosswalk.Open(project);
                isWritten = new ReportExport(destination)
                {
                    Format = Format,
                    Title = Title,
                    NoPictures = NoPicture,
                    Force = Force,
                    Sources = Source,
                    Crosswalk = crosswalk,
                    AllowedWords = AllowWord,
                    Rejected = (path, error) => PostError(pump, path, error),
                }.Run(studies, pump.Progress<ReportProgress>(DescribeReport), pump.Cancellation);
            });
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, destination));
        }

        if (isWritten)
        {
            WriteObject(new FileInfo(destination));
        }
    }

    /// <summary>The full path of the report; ends the command if it cannot go there, before studies are searched for.</summary>
    private string ResolveFile()
    {
        try
        {
            var file = SourcePaths.Resolve(this, Destination);
            return Directory.Exists(file) ? throw new PacsbinException(PacsbinError.DestinationExists, "Expected a file, found a folder.")
                : File.Exists(file) && !Force ? throw new PacsbinException(PacsbinError.DestinationExists, "There is a file at the report's place; -Force replaces it.")
                : file;
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, Destination));
            throw;
        }
    }

    private static ProgressRecord DescribeReport(ReportProgress progress) =>
        new(3, "Writing the report", $"{progress.Studies} of {progress.TotalStudies} {(progress.TotalStudies == 1 ? "study" : "studies")}, {progress.Files} files")
        {
            PercentComplete = (int)(100L * progress.Studies / Math.Max(1, progress.TotalStudies)),
        };
}
