using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets share whose studies come through the pipeline, or are found below paths.</summary>
public abstract class StudyInputCmdlet : DicomStudyCmdlet
{
    private readonly List<DicomStudy> piped = [];
    private readonly HashSet<DicomStudy> seen = new(ReferenceEqualityComparer.Instance);
    private SourcePaths paths = null!;

    /// <summary>Studies from Get-DicomStudy or another cmdlet of this module.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Study")]
    [ValidateNotNull]
    public virtual DicomStudy[] Study { get; set; } = [];

    /// <summary>Files, folders and .zip archives whose studies are meant. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The same as Path, for names in which [ or another wildcard is an ordinary character.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Whether the studies are given as objects.</summary>
    private protected bool AreStudiesGiven => ParameterSetName is not ("Path" or "LiteralPath");

    protected override void BeginProcessing()
    {
        paths = new SourcePaths(this);
        AddStudies(); // those on the command line: with other objects in the pipeline, and none of them coming, no record is processed
    }

    protected override void ProcessRecord()
    {
        AddStudies();
        foreach (var path in Path)
        {
            paths.AddPattern(path);
        }

        foreach (var path in LiteralPath)
        {
            paths.AddLiteral(path);
        }
    }

    private void AddStudies()
    {
        foreach (var study in Study.Where(s => seen.Add(s) && IsHere(s) && !Take(s)))
        {
            piped.Add(study);
        }
    }

    /// <summary>Processes a study at once that should not wait for the others; false to let it wait.</summary>
    private protected virtual bool Take(DicomStudy study) => false;

    /// <summary>Whether the study's files are on this machine; if not, that is an error.</summary>
    private bool IsHere(DicomStudy study)
    {
        if (study.State == StudyState.Remote)
        {
            WriteError(ErrorRecords.Of(new PacsbinException(PacsbinError.FileNotFound, "The study is in an archive."), study.Path, "Fetch it with Receive-DicomStudy first."));
        }

        return study.State != StudyState.Remote;
    }

    /// <summary>Forgets paths that need no search any more.</summary>
    private protected void DropPaths(Predicate<string> isDone) => paths.RemoveAll(isDone);

    /// <summary>The studies that were given, or those found below the paths.</summary>
    private protected IReadOnlyList<DicomStudy> FindStudies(bool includeDirectories = false) =>
        AreStudiesGiven ? piped : Scan(paths, includeDirectories);
}
