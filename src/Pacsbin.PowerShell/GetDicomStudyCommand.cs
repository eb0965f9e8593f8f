using System.Management.Automation;
using System.Text.RegularExpressions;
using Pacsbin.Archives;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Finds the DICOM studies in files, folders, .zip archives, or in a PACS.</summary>
/// <remarks>
/// <para>Reads the headers of all files below the paths, hidden ones included, and sorts them into studies by their Study Instance UID. A study whose
/// files are in several folders is one study. Names and endings of files do not matter. Nothing is changed and nothing is copied.</para>
/// <para>Files that are not DICOM are skipped; -Verbose says how many. A file that is DICOM and cannot be read is one error, and the search goes on.
/// A DICOMDIR is only found if its own path is given. The studies come when all files have been looked at.</para>
/// <para>A study in the destination of <see cref="InvokePacsbinAnonymizeCommand"/> has the State Deidentified, or Approved or Sent; any other has the State Source. Of approved studies all bytes are
/// read and compared with their hashes: if a file has changed or is missing, or study.json is not the one that was approved, the State is Deidentified, and the finding ApprovalVoid says why.</para>
/// <para>With -Archive it asks a registered archive by QIDO-RS instead, until there are no more. These studies have the State Remote: nothing of them is here until <see cref="ReceiveDicomStudyCommand"/>
/// fetches it. Conditions are sent to the archive, * and ? as they are, and checked once more here, because some archives ignore them.</para>
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
/// <example>
///   <code>Get-DicomStudy -Archive pacs -PatientName 'Meier^*' -Since 2024-01-01 | Format-Table PatientId, StudyDate, Modality, InstanceCount</code>
///   Finds studies in a PACS.
/// </example>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
/// <seealso cref="ReceiveDicomStudyCommand"/>
/// <seealso cref="ApprovePacsbinStudyCommand"/>
/// <seealso>about_Pacsbin</seealso>
[Cmdlet(VerbsCommon.Get, "DicomStudy", DefaultParameterSetName = "Path")]
[OutputType(typeof(DicomStudy))]
public sealed partial class GetDicomStudyCommand : DicomStudyCmdlet
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

    /// <summary>The name of a registered archive that is searched.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string? Archive { get; set; }

    /// <summary>Only studies of patients with this name, as DICOM writes it: family name, ^, given name. * and ? are wildcards.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? PatientName { get; set; }

    /// <summary>Lets the archive find names that sound alike. Many archives cannot, and look for the very name then.</summary>
    [Parameter(ParameterSetName = "Archive")]
    public SwitchParameter FuzzyMatching { get; set; }

    /// <summary>Only studies with one of these Study Instance UIDs. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? StudyInstanceUid { get; set; }

    /// <summary>Only studies of a patient with one of these Patient IDs. Wildcards are allowed; case does not matter.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? PatientId { get; set; }

    /// <summary>Only studies with one of these Accession Numbers. Wildcards are allowed; case does not matter.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? AccessionNumber { get; set; }

    /// <summary>Only studies that have a series of one of these modalities, such as CT. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
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
        filter = new StudyFilter(FuzzyMatching ? null : PatientName, StudyInstanceUid, PatientId, AccessionNumber, Modality, Since, Until);
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
        foreach (var study in Archive is null ? Scan(paths, includeDirectories: false) : Search(Archive))
        {
            if (filter.Accepts(study))
            {
                WriteObject(study);
            }
        }
    }

    /// <summary>Asks the archive once for each combination of what is wanted; each study comes once.</summary>
    private List<DicomStudy> Search(string name)
    {
        var found = new Dictionary<string, DicomStudy>(StringComparer.Ordinal);
        try
        {
            using var client = OpenArchive(name);
            var unusable = 0;
            RunApart(pump =>
            {
                unusable = Search(client, isLoose: false, found, pump.Cancellation);
                if (found.Count == 0 && !FuzzyMatching && ((string?[])[PatientName, .. PatientId ?? [], .. AccessionNumber ?? []]).Any(p => p is not null && NotInQueries().IsMatch(p)))
                {
                    unusable += Search(client, isLoose: true, found, pump.Cancellation);
                }
            });
            if (unusable > 0)
            {
                WriteWarning($"Left out {unusable} studies that the archive lists without a legal Study Instance UID (PS3.5 9.1).");
            }
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, name));
        }

        return [.. found.Values];
    }

    /// <summary>Asks once, and gives the number of results that cannot be used; loosely, wildcards stand for what a query has to encode, such as ^, because some archives do not decode it.</summary>
    private int Search(ArchiveClient client, bool isLoose, Dictionary<string, DicomStudy> found, CancellationToken cancellationToken)
    {
        var search = new ArchiveSearch(client);
        var names = isLoose && PatientName is not null ? new NamePattern(PatientName) : null;
        foreach (var query in Queries(isLoose))
        {
            foreach (var study in search.StudiesAsync(query, cancellationToken).ToBlockingEnumerable(cancellationToken).Where(s => names?.Accepts(s.PatientName, isAsked: false) != false))
            {
                found.TryAdd(study.StudyInstanceUid, study);
            }
        }

        return search.Unusable;
    }

    private IEnumerable<StudyQuery> Queries(bool isLoose) =>
        from study in OrAny(StudyInstanceUid)
        from patient in OrAny(PatientId)
        from accession in OrAny(AccessionNumber)
        from modality in OrAny(Modality)
        select new StudyQuery
        {
            StudyInstanceUid = WildcardPattern.ContainsWildcardCharacters(study ?? "") ? null : study, // checked here: no archive has wildcards in UIDs
            PatientId = Remote(patient, isLoose),
            PatientName = Remote(PatientName, isLoose),
            IsFuzzy = FuzzyMatching,
            AccessionNumber = Remote(accession, isLoose),
            Modality = Remote(modality, isLoose),
            Since = Since is { } first ? DateOnly.FromDateTime(first) : null,
            Until = Until is { } last ? DateOnly.FromDateTime(last) : null,
        };

    private static string?[] OrAny(string[]? values) => values is null or [] ? new string?[] { null } : values;

    /// <summary>The pattern as DICOM has it, which has no sets and no escapes: a set or an escaped character becomes any character, and is checked here.</summary>
    private static string? Remote(string? pattern, bool isLoose) =>
        pattern is null ? null : SetsAndEscapes().Replace(pattern, "?") is var plain && isLoose ? NotInQueries().Replace(plain, "?") : plain;

    /// <summary>What has to be encoded in a query (RFC 3986 3.4).</summary>
    [GeneratedRegex(@"[^A-Za-z0-9._~*?-]")]
    private static partial Regex NotInQueries();

    [GeneratedRegex(@"`.|\[[^\]]*\]")]
    private static partial Regex SetsAndEscapes();
}
