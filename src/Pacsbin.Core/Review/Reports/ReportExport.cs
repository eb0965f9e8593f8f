using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>How far a report is.</summary>
/// <param name="Studies">Studies done, rejected ones included.</param>
/// <param name="TotalStudies">Studies to do.</param>
/// <param name="Files">Files that are in the report so far.</param>
public sealed record ReportProgress(int Studies, int TotalStudies, int Files);

/// <summary>Writes a report on studies of workspaces. It is made of their manifests and copies; nothing of a source gets into it.</summary>
/// <param name="destination">The report's full path.</param>
public sealed class ReportExport(string destination)
{
    private const string Taken = "There is a file at the report's place.";

    public ReportFormat Format { get; init; }

    /// <summary>The heading.</summary>
    public string Title { get; init; } = "De-identification report";

    /// <summary>Whether contact sheets are left out of a page.</summary>
    public bool NoPictures { get; init; }

    /// <summary>Studies whose identifiers must not be in the report; none for no search.</summary>
    public IReadOnlyList<DicomStudy> Sources { get; init; } = [];

    /// <summary>The crosswalk of a project, whose originals must not be in the report of its studies; null for none. It belongs to the caller.</summary>
    public Crosswalk? Crosswalk { get; init; }

    /// <summary>Words that are harmless although a source has them as an identifier.</summary>
    public IReadOnlyList<string> AllowedWords { get; init; } = [];

    /// <summary>Whether a file at the report's place is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Receives each study, or folder of one, that cannot be in the report.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Writes the report; false if there are studies and none of them can be in it.</summary>
    /// <param name="studies">From a <see cref="StudyScanner"/> or a <see cref="DeidentificationRun"/>.</param>
    /// <param name="progress">Told after each study.</param>
    /// <param name="cancellationToken">Stops at once, and leaves what was at the report's place.</param>
    /// <exception cref="PacsbinException">DestinationExists if there is a file and no force, or the place is inside of a de-identified study; IdentifierLeft if it would hold an identifier of <see cref="Sources"/> or <see cref="Crosswalk"/>; FileNotFound, FileIo, FileAccessDenied.</exception>
    public bool Run(IReadOnlyList<DicomStudy> studies, IProgress<ReportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(studies);
        RequirePlace();

        // The file stays its owner's own: who may read it is for a person to decide.
        return WholeFile.Write(destination, Force, Taken, output => Write(output, studies, progress, cancellationToken), isPrivate: true);
    }

    private void RequirePlace()
    {
        try
        {
            if (Path.GetFileName(destination).Equals(Manifest.FileName, StringComparison.OrdinalIgnoreCase) || PictureFolder.IsInStudy(Path.GetDirectoryName(destination) ?? destination))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "A report does not belong into the folder of a de-identified study, nor in the place of a manifest. Choose another destination.");
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    private bool Write(Stream output, IReadOnlyList<DicomStudy> studies, IProgress<ReportProgress>? progress, CancellationToken cancellationToken)
    {
        var summary = new ReportSummary();
        var check = Sources.Count > 0 || Crosswalk is not null ? new ReportLeakCheck(Title, Sources, Crosswalk, AllowedWords, Rejected, cancellationToken) : null;
        using (var report = Begin(output))
        {
            var done = 0;
            foreach (var study in studies)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Read(study) is { } facts)
                {
                    check?.Require(facts);
                    report.Add(facts, report.HasPictures && !NoPictures ? ReportPicture.Of(study, facts, cancellationToken) : ReportPicture.Unwanted);
                    summary.Add(facts);
                }

                progress?.Report(new ReportProgress(++done, studies.Count, summary.Files));
            }

            if (studies.Count > 0 && summary.Studies == 0)
            {
                return false;
            }

            report.Complete(summary);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return true;
    }

    private ReportWriter Begin(Stream output)
    {
        var head = new ReportHead(Title, DateTimeOffset.UtcNow, $"PacsbinPS {Deidentifier.Version}");
        return Format switch
        {
            ReportFormat.Html => new HtmlReport(output, head, WholeFile.CreateTemporary(destination)),
            ReportFormat.Json => new JsonReport(output, head),
            _ => new CsvReport(output),
        };
    }

    private ReportStudy? Read(DicomStudy study)
    {
        try
        {
            var facts = ReportStudy.Read(study);
            foreach (var other in study.Series.SelectMany(s => s.Instances).Where(i => !ReportStudy.IsOf(study, i)).Select(i => i.File.Folder).Distinct(StringComparer.Ordinal))
            {
                Rejected(other, new PacsbinException(PacsbinError.ManifestConflict, "A study with the same UID is in the report, from another folder. Each needs a report of its own."));
            }

            return facts;
        }
        catch (PacsbinException e)
        {
            Rejected(study.Path, e);
            return null;
        }
    }
}
