using System.Globalization;
using System.IO.Hashing;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Redaction.Devices;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>How far a run is.</summary>
/// <param name="Files">Files done, rejected and skipped ones included.</param>
/// <param name="TotalFiles">Files to do.</param>
/// <param name="Bytes">Bytes of the source files done.</param>
public sealed record RunProgress(int Files, int TotalFiles, long Bytes);

/// <summary>De-identifies studies into a workspace: parse, apply the profile, write, hash, check for leaks, manifest. Source files are never changed.</summary>
public sealed class DeidentificationRun : IDisposable
{
    private const int ProgressInterval = 64;
    private long checkTicks;
    private bool waitsForRerun;
    private readonly RunKey? runKey;
    private readonly Crosswalk? crosswalk;
    private readonly Pseudonymizer pseudonymizer;
    private readonly DeidentificationProfile profile;
    private readonly ScriptDigest digest;

    /// <summary>Prepares a run.</summary>
    /// <param name="profile">What happens to each attribute.</param>
    /// <param name="destination">The workspace's full path; made when the first study is written.</param>
    /// <param name="key">The secret that makes pseudonyms repeatable; null for that of the project or, without one, for a random one that is gone when the run ends.</param>
    /// <param name="project">The project, whose crosswalk decides pseudonyms and keeps the originals; null for none. It need not stay open.</param>
    /// <exception cref="PacsbinException">KeyMissing if the key is too short; for a project as of <see cref="Crosswalk.Open(Project)"/>.</exception>
    public DeidentificationRun(DeidentificationProfile profile, string destination, byte[]? key = null, Project? project = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (key is not null && project is not null)
        {
            throw new ArgumentException("A project has its own key.", nameof(key));
        }

        Destination = destination;
        crosswalk = project is null ? null : Crosswalk.Open(project);
        runKey = key is null && project is null ? RunKey.Acquire(destination) : null;
        try
        {
            pseudonymizer = new Pseudonymizer(key ?? project?.Key ?? runKey!.Key);
        }
        catch
        {
            runKey?.Dispose();
            throw;
        }

        this.profile = profile;
        digest = (key ?? project?.Key) is { } secret ? ScriptDigest.Keyed(secret) : ScriptDigest.Bare;
    }

    /// <summary>The workspace.</summary>
    public string Destination { get; }

    /// <summary>The most files processed at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Whether a study that is there already, made with other settings, is written again.</summary>
    public bool Force { get; init; }

    /// <summary>Where devices burn in text; null for no library. What a person planned for a study is erased besides.</summary>
    public DeviceLibrary? Devices { get; init; }

    /// <summary>An anonymizer script, whose rules come before the profile's, or in their place if it is to be run exactly; null for none.</summary>
    public AnonymizerScript? Script { get; init; }

    /// <summary>What the script looks up; null for no table.</summary>
    public CtpLookupTable? LookupTable { get; init; }

    /// <summary>Which files are de-identified; the others give no output. Null for all.</summary>
    public DatasetFilter? Filter { get; init; }

    /// <summary>Words that are no leak although a source has them as an identifier, such as CHEST for a patient of that name; case does not matter.</summary>
    public IReadOnlyList<string> AllowedWords { get; init; } = [];

    /// <summary>Whether there may be several calls of <see cref="Run"/>, with other studies each; <see cref="End"/> follows the last.</summary>
    public bool IsContinued { get; init; }

    /// <summary>Receives each file, or study folder, that gave no output; called from several threads.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Whether the random key is kept in the user's application data, because a rerun can finish what this run could not; false with any other key.</summary>
    public bool IsKeyKept { get; private set; }

    /// <summary>The time that looking for leaks took, of all threads together; for benchmarks.</summary>
    internal TimeSpan CheckTime => TimeSpan.FromTicks(Interlocked.Read(ref checkTicks));

    private Deidentifier Deidentifier => field ??= new Deidentifier(
        Script is { IsExact: false, Options.KeepSafePrivate: true } ? profile.With(ProfileOptions.RetainSafePrivate) : profile, pseudonymizer, crosswalk)
    {
        Filter = Filter,
        Script = Script is null ? null : CompiledScript.Compile(Script, new ScriptEnvironment
        {
            Digest = digest,
            Fingerprint = $"{LookupTable?.Sha256} {digest == ScriptDigest.Bare}",
            Lookup = LookupTable is null ? null : LookupTable.Find,
            Integer = crosswalk is null ? null : (type, value, width) => crosswalk.NumberOf(type, value).ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'),
        }),
    };

    /// <summary>De-identifies studies, several files at a time.</summary>
    /// <param name="studies">From a <see cref="StudyScanner"/>.</param>
    /// <param name="completed">Receives each study that is whole in the workspace; called from several threads.</param>
    /// <param name="progress">Told every few dozen files.</param>
    /// <param name="cancellationToken">Stops at once; files that are whole stay for a rerun.</param>
    /// <exception cref="PacsbinException">If the project's crosswalk cannot be written, before any study is: MalformedElement, ManifestConflict, FileIo, FileAccessDenied; FileIo, FileAccessDenied if the random key cannot be erased.</exception>
    public void Run(IReadOnlyList<DicomStudy> studies, Action<DicomStudy> completed, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(studies);
        IsKeyKept = runKey?.FilePath is not null;
        crosswalk?.Register(studies.SelectMany(StudyRun.PatientsOf), cancellationToken);
        var deidentifier = Deidentifier;
        var leakCheck = new LeakCheck(
            deidentifier.Profile.Options,
            AllowedWords,
            Script is { IsExact: false } ? ScriptKeyMap.Of(Script.DecidedAttributes.Select(k => k.ToString())) : null,
            reportsOnly: Script is { IsExact: true });
        var total = studies.Sum(s => s.InstanceCount);
        using var work = Work(studies).GetEnumerator();
        using var unfinished = new UnfinishedStudies();
        var gate = new Lock();
        var filesDone = 0;
        long bytesDone = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount };
        Parallel.For(0, options.MaxDegreeOfParallelism, options, _ =>
        {
            using var archives = new ArchiveCache();
            var hash = new XxHash128();
            var verifier = new CopyVerifier(leakCheck);
            while (true)
            {
                StudyRun study;
                DicomInstance instance;
                lock (gate)
                {
                    if (cancellationToken.IsCancellationRequested || !work.MoveNext())
                    {
                        return;
                    }

                    (study, instance) = work.Current;
                    unfinished.Add(study);
                }

                var checkedBefore = verifier.Elapsed;
                study.Process(instance, archives, hash, verifier, cancellationToken);
                study.Release(instance);
                Interlocked.Add(ref checkTicks, (verifier.Elapsed - checkedBefore).Ticks);
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                Interlocked.Add(ref bytesDone, instance.Length);
                var done = Interlocked.Increment(ref filesDone);
                if (done % ProgressInterval == 0 || done == total)
                {
                    progress?.Report(new RunProgress(done, total, Interlocked.Read(ref bytesDone)));
                }

                if (study.IsLast())
                {
                    unfinished.Remove(study);
                    if (study.Finish() is not { } result)
                    {
                        if (study.WaitsForRerun)
                        {
                            Volatile.Write(ref waitsForRerun, true);
                        }
                    }
                    else if (result.InstanceCount > 0)
                    {
                        completed(result);
                    }
                }
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsContinued)
        {
            End();
        }
    }

    /// <summary>Erases a random key, unless a study waits for a rerun.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied if it cannot be erased.</exception>
    public void End()
    {
        if (!waitsForRerun)
        {
            runKey?.Discard();
            IsKeyKept = false;
        }
    }

    public void Dispose()
    {
        crosswalk?.Dispose();
        pseudonymizer.Dispose();
        runKey?.Dispose();
    }

    private IEnumerable<(StudyRun Study, DicomInstance Instance)> Work(IReadOnlyList<DicomStudy> studies)
    {
        foreach (var study in studies)
        {
            // Made as late as this, so that only the studies at work hold a journal open.
            var run = new StudyRun(study, Deidentifier, Devices, Destination, Force, Rejected);
            foreach (var series in study.Series)
            {
                foreach (var instance in series.Instances)
                {
                    yield return (run, instance);
                }
            }
        }
    }

    /// <summary>The studies at work; those that still are when the run ends let go of their files.</summary>
    private sealed class UnfinishedStudies : IDisposable
    {
        private readonly HashSet<StudyRun> studies = [];

        public void Add(StudyRun study)
        {
            lock (studies)
            {
                studies.Add(study);
            }
        }

        public void Remove(StudyRun study)
        {
            lock (studies)
            {
                studies.Remove(study);
            }
        }

        public void Dispose()
        {
            foreach (var study in studies)
            {
                study.Suspend();
            }
        }
    }
}
