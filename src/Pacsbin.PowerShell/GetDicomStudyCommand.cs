using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Finds the DICOM studies in files, folders and .zip archives.</summary>
/// <remarks>
/// <para>Reads the headers of all files below the paths, hidden ones included, and sorts them into studies by their Study Instance UID. A study whose
/// files are in several folders is one study. Names and endings of files do not matter. Nothing is changed and nothing is copied.</para>
/// <para>Files that are not DICOM are skipped; -Verbose says how many. A file that is DICOM and cannot be read is one error, and the search goes on.
/// A DICOMDIR is only found if its own path is given. The studies come when all files have been looked at.</para>
/// <para>A study in the destination of <see cref="InvokePacsbinAnonymizeCommand"/> has the State Deidentified, or Approved or Sent; any other has the State Source. Of approved studies all bytes are
/// read and compared with their hashes: if a file has changed or is missing, or study.json is not the one that was approved, the State is Deidentified, and the finding ApprovalVoid says why.</para>
/// </remarks>
/// <example>
///   <code>Get-DicomStudy -Path ./from-pacs</code>
///   Finds all studies in a folder and the folders below it.
/// </example>
/// <example>
///   <code>Get-DicomStudy -Path ./from-pacs, ./cd/*.zip -Modality CT, MR -Since 2024-01-01 -Until 2024-12-31</code>
///   Finds the studies of 2024 that have a CT or an MR series, in a folder and in some archives.
/// </example>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./from-pacs -PatientId 'TRIAL7-*' |
///       Invoke-PacsbinAnonymize -Destination ./for-research
///   </code>
///   De-identifies the studies of the patients whose Patient ID starts with TRIAL7-.
/// </example>
/// <example>
///   <code>Get-ChildItem -LiteralPath './scans [2024]' | Get-DicomStudy | Where-Object { $_.Findings }</code>
///   Finds studies that a person should look at, for example because two patients share one Study Instance UID.
/// </example>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
/// <seealso cref="ApprovePacsbinStudyCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsCommon.Get, "DicomStudy", DefaultParameterSetName = "Path")]
[OutputType(typeof(DicomStudy))]
public sealed class GetDicomStudyCommand : DicomStudyCmdlet
{
    private SourcePaths paths = null!;
    private StudyFilter filter = null!;

    /// <summary>Files, folders and .zip archives. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files, folders and .zip archives, for names in which [ or another wildcard is an ordinary character.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Only studies with one of these Study Instance UIDs. Wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? StudyInstanceUid { get; set; }

    /// <summary>Only studies of a patient with one of these Patient IDs. Wildcards are allowed; case does not matter.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? PatientId { get; set; }

    /// <summary>Only studies with one of these Accession Numbers. Wildcards are allowed; case does not matter.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? AccessionNumber { get; set; }

    /// <summary>Only studies that have a series of one of these modalities, such as CT. Wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? Modality { get; set; }

    /// <summary>Only studies of this day or later. Studies without a date are left out.</summary>
    [Parameter]
    public DateTime? Since { get; set; }

    /// <summary>Only studies of this day or earlier. Studies without a date are left out.</summary>
    [Parameter]
    public DateTime? Until { get; set; }

    protected override void BeginProcessing()
    {
        paths = new SourcePaths(this);
        filter = new StudyFilter(StudyInstanceUid, PatientId, AccessionNumber, Modality, Since, Until);
    }

    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            paths.AddPattern(path);
        }

        foreach (var path in LiteralPath)
        {
            paths.AddLiteral(path);
        }
    }

    protected override void EndProcessing()
    {
        foreach (var study in Scan(paths, includeDirectories: false))
        {
            if (filter.Accepts(study))
            {
                WriteObject(study);
            }
        }
    }
}
