using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>Looks in what a report tells for what source studies say. Its fields are searched, not its bytes, in which hashes and pictures look like anything.</summary>
internal sealed class ReportLeakCheck
{
    private readonly SourceSearch search;
    private readonly Crosswalk? crosswalk;
    private readonly string title;

    /// <param name="title">The report's heading.</param>
    /// <param name="sources">Studies whose identifiers must not occur.</param>
    /// <param name="crosswalk">Of a project, whose originals must not occur in the report of its studies; null for none.</param>
    /// <param name="allowedWords">Words that are harmless although a source has them as an identifier.</param>
    /// <param name="rejected">Receives each source file that cannot be read.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public ReportLeakCheck(
        string title, IReadOnlyList<DicomStudy> sources, Crosswalk? crosswalk, IReadOnlyList<string> allowedWords, Action<string, PacsbinException> rejected, CancellationToken cancellationToken)
    {
        this.title = title;
        this.crosswalk = crosswalk;
        search = SourceSearch.Of(sources, new LeakCheck(ProfileOptions.None, allowedWords), rejected, cancellationToken);
    }

    /// <summary>Refuses a study of which anything that the report tells holds an identifier.</summary>
    /// <exception cref="PacsbinException">IdentifierLeft, with kind and field.</exception>
    public void Require(ReportStudy study)
    {
        Learn(study);
        Require(title, "title");
        var hasNewUids = !study.Profile.Options.Contains(nameof(ProfileOptions.RetainUids));
        foreach (var uid in study.Series.Select(s => s.SeriesInstanceUid).Append(study.StudyInstanceUid).Concat(study.Files.Select(f => Path.GetFileNameWithoutExtension(f.Name))))
        {
            Require(uid, "UIDs", kind => kind == IdentifierKind.Uid && hasNewUids);
        }

        foreach (var pseudonym in study.Pseudonyms)
        {
            Require(pseudonym, "pseudonym");
        }

        foreach (var modality in study.Modalities)
        {
            Require(modality, "modality");
        }

        foreach (var detail in study.Findings.Select(f => f.Detail).Concat(study.Regions.Select(r => r.Device)).Concat(study.Files.Select(f => f.Device)).Distinct())
        {
            Require(detail, "findings and devices", static kind => kind is not (IdentifierKind.Device or IdentifierKind.Institution));
        }

        // A physician of the study may be the one who reviewed it.
        Require(study.Approval?.Reviewer, "reviewer", static kind => kind is not (IdentifierKind.PersonName or IdentifierKind.Institution));
        Require(study.Approval?.Comment, "comment");
    }

    private void Learn(ReportStudy study)
    {
        if (crosswalk is null || study.Project != crosswalk.ProjectId)
        {
            return;
        }

        foreach (var original in crosswalk.OriginalsOf(study.StudyInstanceUid))
        {
            search.Learn(original.PatientId, IdentifierKind.Patient, WordForm.Code);
            search.Learn(original.PatientName, IdentifierKind.Patient, WordForm.Name);
            search.Learn(original.PatientBirthDate, IdentifierKind.Date, WordForm.Date);
            search.Learn(original.AccessionNumber, IdentifierKind.Id, WordForm.Code);
            search.LearnUid(original.StudyInstanceUid);
        }
    }

    private void Require(string? text, string field) => Require(text, field, static _ => true);

    private void Require(string? text, string field, Predicate<IdentifierKind> counts)
    {
        foreach (var kind in text is null ? [] : search.KindsIn(text))
        {
            if (counts(kind))
            {
                throw new PacsbinException(PacsbinError.IdentifierLeft, $"The report would hold an identifier of a source, of kind {kind}, in its {field}; it was not written.");
            }
        }
    }
}
