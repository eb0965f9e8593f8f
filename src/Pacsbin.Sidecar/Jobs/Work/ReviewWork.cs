using System.Collections.Concurrent;
using Pacsbin.Imaging.Text;
using Pacsbin.Projects;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Review.Reports;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Jobs.Work;

/// <summary>Burns regions, tests studies and writes reports, for requests that wait for it and for jobs.</summary>
internal sealed class ReviewWork(StudyFinder finder, AllowedFolders folders, JobStore store)
{
    /// <summary>Refuses what would erase all where somebody meant a part.</summary>
    /// <exception cref="RequestRefusedException">It is not clear what is meant.</exception>
    public static void Require(IReadOnlyList<RedactionRegion> regions)
    {
        RequestRefusedException.RequireNoNulls(regions);
        if (regions.Count == 0)
        {
            throw RequestRefusedException.BadRequest("At least one region is needed.");
        }

        if (regions.Any(r => r.SeriesInstanceUid is "" || r.SopInstanceUid is "" || (r.LastFrame is not null && r.FirstFrame is null)))
        {
            throw RequestRefusedException.BadRequest("A UID that is given is not empty, and a last frame needs a first one. Leave them out to mean all.");
        }
    }

    /// <exception cref="RequestRefusedException">The report is not described.</exception>
    public static void Require(NewReport body)
    {
        RequestRefusedException.RequireNoNulls(body.StudyInstanceUids, body.Sources, body.AllowedWords);
        if (string.IsNullOrWhiteSpace(body.Title))
        {
            throw RequestRefusedException.BadRequest("A report needs a title.");
        }
    }

    /// <summary>Burns regions; whatever cannot be erased keeps all from being so.</summary>
    /// <exception cref="FilesRejectedException">Files that cannot be erased.</exception>
    /// <exception cref="PacsbinException">What the core throws; RegionOutsideImage if the study has not what a region is meant for.</exception>
    public BurnedRegions Burn(RegionsToBurn body, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var rejections = new Rejections();
        var (study, _) = finder.Find(body.StudyInstanceUid, body.Workspace, cancellationToken);
        if (study.RegionsMeant(body.Regions).Count < body.Regions.Count)
        {
            throw new PacsbinException(PacsbinError.RegionOutsideImage, "The study does not have the series or the image that a region is meant for.");
        }

        var isChanged = new StudyRedaction(study, body.Regions) { Rejected = rejections.Add }.Run(progress, cancellationToken);
        rejections.Require(study.Path);
        return new BurnedRegions(isChanged, RegionList.Of(study));
    }

    /// <summary>Tests a study again.</summary>
    /// <exception cref="FilesRejectedException">Files that cannot be read: an identifier of theirs was not looked for.</exception>
    /// <exception cref="PacsbinException">What the core throws.</exception>
    public StudyTestResult Test(StudyToTest body, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var rejections = new Rejections();
        var (study, _) = finder.Find(body.StudyInstanceUid, body.Workspace, cancellationToken);
        var test = new StudyTest
        {
            Sources = [.. (body.Sources ?? []).SelectMany(s => finder.Scan(s, cancellationToken).Found.Studies)],
            AllowedWords = body.AllowedWords ?? [],
            Rejected = rejections.Add,
        };
        var result = test.Run(study, progress, cancellationToken);
        rejections.Require(study.Path);
        return result;
    }

    /// <summary>Proposes where text is burned in, image by image.</summary>
    public static IReadOnlyList<BurnedInText> FindText(IReadOnlyList<DicomStudy> studies, double minimumScore, bool includeText, Action<string, PacsbinException> rejected, CancellationToken cancellationToken)
    {
        var proposals = new ConcurrentBag<BurnedInText>();
        new BurnedInTextSearch { MinimumScore = minimumScore, Reader = Tesseract.Find(), IncludeText = includeText, Rejected = rejected }.Run(
            studies,
            found =>
            {
                foreach (var proposal in found)
                {
                    proposals.Add(proposal);
                }
            },
            cancellationToken: cancellationToken);
        return [.. proposals.OrderBy(p => p.SopInstanceUid, StringComparer.Ordinal).ThenByDescending(p => p.Score)];
    }

    /// <summary>Writes a report into a file, which is not there if anything fails.</summary>
    /// <exception cref="FilesRejectedException">Files that cannot be read: a report without them would mislead.</exception>
    /// <exception cref="PacsbinException">What the core throws.</exception>
    public void Report(NewReport body, string path, CancellationToken cancellationToken)
    {
        var rejections = new Rejections();
        var studies = body.StudyInstanceUids is { } uids
            ? [.. uids.Distinct(StringComparer.Ordinal).Select(u => finder.Find(u, body.Workspace, cancellationToken).Study)]
            : finder.ScanWorkspace(body.Workspace, cancellationToken).Found.Studies;
        using var project = body.Project is null ? null : Project.Open(folders.RequireProject(body.Project), static _ => null, store.Crosswalks);
        using var crosswalk = project is null ? null : Crosswalk.Open(project);
        try
        {
            new ReportExport(path)
            {
                Format = body.Format,
                Title = body.Title,
                NoPictures = body.NoPictures,
                Sources = [.. (body.Sources ?? []).SelectMany(s => finder.Scan(s, cancellationToken).Found.Studies)],
                Crosswalk = crosswalk,
                AllowedWords = body.AllowedWords ?? [],
                Rejected = rejections.Add,
                Force = true, // an attempt before this one may have left its own
            }.Run(studies, cancellationToken: cancellationToken);
            rejections.Require(folders.RequireWorkspace(body.Workspace));
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
