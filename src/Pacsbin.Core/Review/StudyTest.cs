using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Security.Cryptography;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>Tests a study of a workspace again: identifiers of its source, conformance to its profile, burned-in text, references, hashes. Nothing is changed.</summary>
/// <remarks>Of a study that was made with a script nobody can say whether it conforms to a profile, and it is not tested.</remarks>
public sealed class StudyTest
{
    private const string StorageClasses = "1.2.840.10008.5.1.4.1.1.";
    private static readonly Tag ReferencedSopClassUid = new(0x00081150);
    private static readonly Tag ReferencedSopInstanceUid = new(0x00081155);

    /// <summary>Studies whose identifiers must not occur; none for no search.</summary>
    public IReadOnlyList<DicomStudy> Sources { get; init; } = [];

    /// <summary>Words that are harmless although a source has them as an identifier.</summary>
    public IReadOnlyList<string> AllowedWords { get; init; } = [];

    /// <summary>The most files looked at at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Receives each source file that cannot be read.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Tests a study.</summary>
    /// <param name="study">In a workspace.</param>
    /// <param name="progress">Told how many files are done.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="PacsbinException">FileNotFound if the study is in no workspace; MalformedElement if its manifest cannot be read; InvalidProfile if this version does not know its profile; FileIo, FileAccessDenied.</exception>
    public StudyTestResult Run(DicomStudy study, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(study);
        var manifest = Manifest.Read(study.Path)
            ?? throw new PacsbinException(PacsbinError.FileNotFound, "The study's folder has no manifest, so it is not a study of a workspace.");
        var profile = DeidentificationProfile.Of(manifest.Profile.Name, manifest.Profile.Options);
        var script = manifest.Profile.Script;
        var search = Sources.Count > 0 ? SourceSearch.Of(Sources, new LeakCheck(profile.Options, AllowedWords, script is { Exact: false } ? ScriptKeyMap.Of(script.Attributes) : null), Rejected, cancellationToken) : null;
        var instances = Instances(Path.GetDirectoryName(study.Path)!);
        var problems = new ConcurrentBag<StudyProblem>();
        var done = 0;
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount };
        Parallel.ForEach(
            Partitioner.Create(manifest.Files, EnumerablePartitionerOptions.NoBuffering),
            options,
            () => new Tester(search, script is null ? new ProfileConformance(profile) : null),
            (file, _, tester) =>
            {
                tester.Test(study.Path, file, instances, problems.Add);
                progress?.Report(Interlocked.Increment(ref done));
                return tester;
            },
            static _ => { });
        foreach (var unlisted in Directory.EnumerateFileSystemEntries(study.Path).Select(p => Path.GetFileName(p)).Except(manifest.Files.Select(f => f.Name)).Where(n => n != Manifest.FileName))
        {
            problems.Add(new StudyProblem(StudyProblemKind.FileUnlisted, unlisted));
        }

        return new StudyTestResult(
            study.StudyInstanceUid, study.Path, manifest.Files.Count, Sources.Count > 0,
            [.. problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Kind).ThenBy(p => p.Tag?.Value)]);
    }

    /// <summary>The instances of a workspace, by the names of their files.</summary>
    private static HashSet<string> Instances(string workspace) =>
        [.. Directory.EnumerateDirectories(workspace).Where(d => !StagedStudy.IsStaging(d)).SelectMany(d => Directory.EnumerateFiles(d, "*.dcm")).Select(f => Path.GetFileNameWithoutExtension(f)!)];

    /// <summary>What one thread tests with.</summary>
    private sealed class Tester(SourceSearch? search, ProfileConformance? conformance)
    {
        private readonly XxHash128 hash = new();
        private readonly byte[] start = new byte[128];

        public void Test(string folder, ManifestFile file, HashSet<string> instances, Action<StudyProblem> report)
        {
            var path = Path.Join(folder, file.Name);
            try
            {
                if (!File.Exists(path))
                {
                    report(new StudyProblem(StudyProblemKind.FileMissing, file.Name));
                    return;
                }

                if (!IsAsWritten(path, file))
                {
                    report(new StudyProblem(StudyProblemKind.HashMismatch, file.Name));
                }

                using var copy = DicomFile.Open(path);
                foreach (var tag in conformance?.Check(copy) ?? [])
                {
                    report(new StudyProblem(StudyProblemKind.NotConformant, file.Name, tag));
                }

                var unresolved = 0;
                CountUnresolved(copy.Dataset, instances, ref unresolved);
                if (unresolved > 0)
                {
                    report(new StudyProblem(StudyProblemKind.ReferenceUnresolved, file.Name, ReferencedSopInstanceUid));
                }

                if (ReasonFor(copy.Dataset, file) is { } reason)
                {
                    report(new StudyProblem(StudyProblemKind.BurnedInSuspected, file.Name, Detail: reason));
                }

                foreach (var leak in search?.LeaksIn(copy, start, Path.GetFileNameWithoutExtension(file.Name), Path.GetFileName(folder)) ?? [])
                {
                    report(new StudyProblem(StudyProblemKind.IdentifierLeft, file.Name, leak.Tag, $"Of kind {leak.Kind}."));
                }
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                report(new StudyProblem(StudyProblemKind.Unreadable, file.Name, known.Tag, known.Error.ToString()));
            }
        }

        /// <summary>Why a person should look at a file in which nothing is erased and that nobody has reviewed; null for no reason.</summary>
        private static string? ReasonFor(DicomDataset copy, ManifestFile file) =>
            file.Regions is not null || file.Sha256 is not null ? null
            : BurnedInSuspicion.ReasonFor(copy, copy.GetString(Tags.SopClassUid)) ?? file.Findings?.FirstOrDefault(f => f.Kind == FindingKind.BurnedInSuspected)?.Detail;

        private bool IsAsWritten(string path, ManifestFile file)
        {
            using var stream = File.OpenRead(path);
            stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            hash.Reset();
            hash.Append(stream);
            var isWritten = stream.Length == file.Length && Convert.ToHexStringLower(hash.GetCurrentHash()) == file.Xxh128;
            if (isWritten && file.Sha256 is not null)
            {
                stream.Position = 0;
                isWritten = Convert.ToHexStringLower(SHA256.HashData(stream)) == file.Sha256;
            }

            return isWritten;
        }

        private static void CountUnresolved(DicomDataset dataset, HashSet<string> instances, ref int count)
        {
            if (dataset.GetString(ReferencedSopInstanceUid) is { } uid && dataset.GetString(ReferencedSopClassUid)?.StartsWith(StorageClasses, StringComparison.Ordinal) == true && !instances.Contains(uid))
            {
                count++;
            }

            for (var i = 0; i < dataset.Count; i++)
            {
                foreach (var item in dataset[i].Sequence?.Items ?? [])
                {
                    CountUnresolved(item, instances, ref count);
                }
            }
        }
    }
}
