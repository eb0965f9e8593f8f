using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Redaction;
using Pacsbin.Redaction.Devices;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>One study of a run: where it goes, which of its files are there already, and what became of each.</summary>
internal sealed class StudyRun
{
    private readonly DicomStudy source;
    private readonly Deidentifier deidentifier;
    private readonly string workspace;
    private readonly bool force;
    private readonly Action<string, PacsbinException> report;
    private readonly RedactionPlan redaction;
    private readonly PatientKey[] originals;
    private readonly PatientPseudonym[] patients;
    private readonly string uid;
    private readonly string name;
    private readonly DicomStudy result;
    private readonly ConcurrentDictionary<string, DicomInstance> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DicomInstance> first = new(StringComparer.Ordinal);
    private readonly HashSet<string> repeated = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PacsbinError, int> rejected = new();
    private readonly Lazy<Target> target;
    private readonly CrosswalkStudy? crosswalkStudy;
    private int remaining;
    private int written;
    private int skipped;
    private int filtered;
    private volatile bool cannotWrite;

    public StudyRun(DicomStudy source, Deidentifier deidentifier, DeviceLibrary? devices, string workspace, bool force, Action<string, PacsbinException> report)
    {
        this.source = source;
        this.deidentifier = deidentifier;
        this.workspace = workspace;
        this.force = force;
        this.report = report;
        redaction = new RedactionPlan(source.PlannedRegions, devices);
        remaining = source.InstanceCount;
        foreach (var instance in source.Series.SelectMany(s => s.Instances))
        {
            if (!first.TryAdd(instance.SopInstanceUid, instance))
            {
                repeated.Add(instance.SopInstanceUid);
            }
        }

        originals = PatientsOf(source);
        patients = [.. originals.Select(deidentifier.PseudonymOf)];
        uid = deidentifier.StudyUidOf(source);
        name = uid.Length > 0 && source.StudyInstanceUid.Length > 0 ? uid : deidentifier.UidOf(OwnUidOf(source));
        crosswalkStudy = deidentifier.Crosswalk is null ? null : new CrosswalkStudy(source.StudyInstanceUid, uid);
        result = new DicomStudy(uid, Path.Join(workspace, name)) { State = StudyState.Deidentified };
        if (uid.Length > 0 && deidentifier.Script is null)
        {
            result.PatientIndexOf(new StudyPatient(new PatientKey("", patients[0].Id), patients[0].Id));
        }

        target = new Lazy<Target>(OpenTarget, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>Whether the study could not be finished for a reason that a rerun may not meet, such as a full disk or another process.</summary>
    public bool WaitsForRerun { get; private set; }

    /// <summary>The patients of a study, or the one that a study without Patient ID stands for.</summary>
    public static PatientKey[] PatientsOf(DicomStudy source) => source.Patients.Count > 0
        ? [.. source.Patients.Select(p => p.Key)]
        : [PatientKey.OfStudy(source.StudyInstanceUid.Length > 0 ? source.StudyInstanceUid : OwnUidOf(source))];

    /// <summary>Writes one file, or skips it if it is there, or reports why not. Cancelled in the middle of a file, it leaves nothing of it.</summary>
    public void Process(DicomInstance instance, ArchiveCache archives, XxHash128 hash, CopyVerifier verifier, CancellationToken cancellationToken) =>
        Process(instance, archives, hash, verifier, null, cancellationToken);

    private void Process(DicomInstance instance, ArchiveCache archives, XxHash128 hash, CopyVerifier verifier, IReadOnlySet<Tag>? overruled, CancellationToken cancellationToken)
    {
        string? path = null;
        try
        {
            var to = target.Value;
            if (instance.SopInstanceUid.Length > 0 && first[instance.SopInstanceUid] != instance)
            {
                RejectDuplicate(first[instance.SopInstanceUid], instance, archives);
                return;
            }

            using var file = DicomFile.Open(instance.File.Open(archives));
            if (deidentifier.Filter?.Matches(file) == false)
            {
                Interlocked.Increment(ref filtered);
                return;
            }

            var original = Deidentifier.SopInstanceUidOf(file);
            var instanceUid = deidentifier.UidOf(file, Tags.SopInstanceUid, original) ?? deidentifier.UidOf(original);
            var fileName = Workspace.SafeName(instanceUid) + ".dcm";
            if (!taken.TryAdd(fileName, instance) && overruled is null)
            {
                RejectDuplicate(taken[fileName], instance, archives);
                return;
            }

            var hasPixels = file.Dataset.TryGet(Tags.PixelData, out _);
            var isThere = to.Existing.TryGetValue(fileName, out var length) || to.Staged.TryGetLength(fileName, out length);
            var earlier = to.Earlier.Of(fileName, instance.File);
            var erasing = redaction.For(file, earlier.ToErase);
            var patient = Math.Max(0, instance.PatientIndex);
            using var copy = deidentifier.Apply(file, patients[patient], erasing.Redactor, overruled, cancellationToken);
            RequireStudy(copy.Dataset);
            var regions = earlier.With(copy.Regions);
            var findings = earlier.Findings(copy.Findings, erasing.IsIdle, hasPixels, regions);
            if (deidentifier.Crosswalk is { } crosswalk && source.Patients.Count > 0 && PatientFindings.Of(crosswalk, file.Dataset, originals[patient]) is { Count: > 0 } ofPatient)
            {
                findings = [.. findings, .. ofPatient];
            }

            if (!isThere)
            {
                path = to.Staged.PathOf(fileName);
                var entry = Write(copy, path, fileName, hash, verifier.Start, cancellationToken);
                findings = [.. findings, .. verifier.Check(source, file, path, entry.Length, Path.GetFileNameWithoutExtension(fileName), name)];
                to.Staged.Add(entry with
                {
                    Actions = copy.Actions,
                    Findings = findings.Count == 0 ? null : findings,
                    Regions = regions.Count == 0 ? null : regions,
                    Device = erasing.Device is { } device ? $"{device.Name} (line {device.Line})" : earlier.Device,
                });
                path = null;
                length = copy.WrittenLength;
            }

            AddToResult(copy, findings, fileName, length, instanceUid);
            crosswalkStudy?.Add(
                originals[patient], patients[patient].DateShiftDays, file.Dataset, (original, instanceUid), copy.Dataset.GetString(Tags.SeriesInstanceUid) ?? "", fileName,
                deidentifier.Script is null ? null : copy.Dataset.GetString(Tags.PatientId));
            Interlocked.Increment(ref isThere ? ref skipped : ref written);
        }
        catch (OperationCanceledException)
        {
            TryDelete(path);
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.IdentifierLeft && overruled is null && verifier.LeftByRules.Count > 0)
        {
            // Once more, with the profile in the place of the rules that left it.
            TryDelete(path);
            Process(instance, archives, hash, verifier, verifier.LeftByRules, cancellationToken);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            cannotWrite |= path is not null && known.Error is PacsbinError.FileAccessDenied;
            Reject(instance, known);
            TryDelete(path);
        }
    }

    /// <summary>Deletes a processed file that was fetched only for this, unless another one is still to be compared with it.</summary>
    public void Release(DicomInstance instance)
    {
        if (instance.IsTransient && !repeated.Contains(instance.SopInstanceUid))
        {
            TryDelete(instance.Path);
        }
    }

    /// <summary>Counts a processed file; true for the one caller that has done the last.</summary>
    public bool IsLast() => Interlocked.Decrement(ref remaining) == 0;

    /// <summary>Makes the study whole in the workspace; without instances if every file was rejected for good; null if it could not be finished.</summary>
    public DicomStudy? Finish()
    {
        Target to;
        try
        {
            to = target.Value;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            WaitsForRerun = IsPassing(known.Error);
            return null; // each file has been rejected with this error
        }

        using (to.Staged)
        {
            // A file that may not be read stays out; a disk that is full or a share that is gone will be back.
            if (cannotWrite || rejected.Keys.Any(e => e is PacsbinError.FileIo or PacsbinError.FileNotFound or PacsbinError.ManifestConflict))
            {
                report(source.Path, new PacsbinException(PacsbinError.FileIo, "The study is not whole because files could not be read or written. Run again to finish it."));
                WaitsForRerun = true;
                return null;
            }

            try
            {
                if (crosswalkStudy is not null)
                {
                    // First, so that everything in a workspace can be resolved; what an interrupted run left of sources that are gone since cannot.
                    to.Staged.KeepOnly(crosswalkStudy.Covers);
                    deidentifier.Crosswalk!.Record(crosswalkStudy);
                }

                to.Staged.Finish(MakeManifest);
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                report(source.Path, known);
                WaitsForRerun = IsPassing(known.Error);
                return null;
            }
        }

        foreach (var finding in source.Findings)
        {
            result.Add(finding);
        }

        result.Outcome = new StudyOutcome(written, skipped, rejected.Values.Sum()) { Filtered = filtered };
        return result;
    }

    /// <summary>Leaves the study as it is for a rerun, which may come at once and in this process.</summary>
    public void Suspend()
    {
        if (target.IsValueCreated)
        {
            target.Value.Staged.Dispose();
        }
    }

    /// <summary>Whether an error of the destination may be gone in a rerun.</summary>
    private static bool IsPassing(PacsbinError error) => error is PacsbinError.FileIo or PacsbinError.FileNotFound or PacsbinError.FileAccessDenied or PacsbinError.ManifestConflict;

    /// <summary>What the only file of an object without a study is known by.</summary>
    private static string OwnUidOf(DicomStudy source) =>
        source.Series[0].Instances[0] is { SopInstanceUid.Length: > 0 } instance ? instance.SopInstanceUid : source.Series[0].Instances[0].Path;

    /// <summary>Refuses a copy that a script has put into another study than the first one's: a folder of a workspace is one study.</summary>
    private void RequireStudy(DicomDataset copy)
    {
        if (deidentifier.Script is not null && (copy.GetString(Tags.StudyInstanceUid) ?? "") != uid)
        {
            throw new PacsbinException(PacsbinError.InvalidScript, "The script gives this file another Study Instance UID than the first file of its study.", Tags.StudyInstanceUid);
        }
    }

    private static ManifestFile Write(DeidentifiedInstance copy, string path, string fileName, XxHash128 hash, WrittenStart start, CancellationToken cancellationToken)
    {
        using var stream = new HashingStream(path, hash, cancellationToken, start);
        copy.Write(stream);
        return new ManifestFile(fileName, stream.Length, stream.Hash(), null);
    }

    private Target OpenTarget()
    {
        Workspace.SafeName(name);
        var settings = deidentifier.FingerprintWith(redaction);
        var staged = StagedStudy.Open(workspace, name);
        try
        {
            var isSame = staged.Existing?.Settings == settings;
            if (staged.Existing is not null && !isSame && !force)
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "The study is in the workspace already, made with another profile, key, version or other regions. Use -Force to write it again.");
            }

            var replaces = staged.Existing is not null && force;
            if (replaces)
            {
                Workspace.RequireReplaceable(result.Path, staged.Existing!, source);
            }

            staged.Resume(settings, replaces);
            return new Target(staged, isSame && !force ? WholeFiles(staged.Existing!) : [], new EarlierCopies(staged.Existing, replaces, source));
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>The files of a manifest that are there in full length; what was lost since is written again.</summary>
    private Dictionary<string, long> WholeFiles(Manifest existing) => existing.Files
        .Where(f => new FileInfo(Path.Join(result.Path, f.Name)) is { Exists: true } file && file.Length == f.Length)
        .ToDictionary(f => f.Name, f => f.Length, StringComparer.Ordinal);

    private void AddToResult(DeidentifiedInstance copy, IReadOnlyList<Finding> findings, string fileName, long length, string instanceUid)
    {
        var dataset = copy.Dataset;
        var seriesUid = dataset.GetString(Tags.SeriesInstanceUid) ?? "";
        var modality = dataset.GetString(Tags.Modality);
        var number = dataset.GetInt32(Tags.SeriesNumber);
        DateOnly? date = DateOnly.TryParseExact(dataset.GetString(Tags.StudyDate), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed : null;
        var sopClass = dataset.GetString(Tags.SopClassUid);
        lock (result)
        {
            result.StudyDate ??= date;
            if (uid.Length > 0 && deidentifier.Script is not null && dataset.GetString(Tags.PatientId) is { } patientId)
            {
                result.PatientIndexOf(new StudyPatient(new PatientKey("", patientId), dataset.GetString(Tags.PatientName)));
            }

            result.SeriesOf(seriesUid, modality, number).Add(new DicomInstance(new SourceFile(result.Path, fileName, length), instanceUid, sopClass, 0));
            foreach (var finding in findings)
            {
                result.Add(finding);
            }
        }
    }

    /// <summary>A second file with one SOP Instance UID: the same bytes are no loss, others are an error.</summary>
    private void RejectDuplicate(DicomInstance first, DicomInstance second, ArchiveCache archives)
    {
        if (first.Length == second.Length && ContentHash(first, archives) == ContentHash(second, archives))
        {
            lock (result)
            {
                result.Add(new Finding(FindingKind.DuplicateInstance, Tags.SopInstanceUid));
            }

            Interlocked.Increment(ref skipped);
            return;
        }

        Reject(second, new PacsbinException(PacsbinError.DestinationExists, "Another file of the study has the same SOP Instance UID and other content.", Tags.SopInstanceUid));
    }

    private static UInt128 ContentHash(DicomInstance instance, ArchiveCache archives)
    {
        using var bytes = instance.File.Open(archives);
        using var stream = new SourceStream(bytes, 0);
        var hash = new XxHash128();
        hash.Append(stream);
        return hash.GetCurrentHashAsUInt128();
    }

    private void Reject(DicomInstance instance, PacsbinException why)
    {
        rejected.AddOrUpdate(why.Error, 1, static (_, n) => n + 1);
        report(instance.Path, why);
    }

    /// <summary>Deletes a file that nobody needs, if it can be.</summary>
    private static void TryDelete(string? path)
    {
        try
        {
            if (path is not null)
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // A copy is in no journal, so the next run removes it; a fetched file goes with its folder.
        }
    }

    private Manifest MakeManifest(IReadOnlyList<ManifestFile> files) => new()
    {
        Format = Manifest.CurrentFormat,
        State = StudyState.Deidentified,
        Tool = $"PacsbinPS {Deidentifier.Version}",
        Created = DateTimeOffset.UtcNow,
        Profile = new ManifestProfile(
            deidentifier.Profile.Name,
            DeidentificationProfile.Edition,
            [.. Enum.GetValues<ProfileOptions>().Where(o => o != ProfileOptions.None && deidentifier.Profile.Options.HasFlag(o)).Select(o => o.ToString())],
            deidentifier.Script?.Script is { } script ? new ManifestScript(script.Fingerprint, script.IsExact, script.IsExact ? [] : [.. script.DecidedAttributes.Select(k => k.ToString())]) : null),
        Settings = deidentifier.FingerprintWith(redaction),
        StudyInstanceUid = uid,
        Files = files,
        Rejected = new SortedDictionary<PacsbinError, int>(rejected.ToDictionary()),
        Project = deidentifier.Crosswalk?.ProjectId,
        Sends = target.Value.Staged.Existing?.Sends,
    };

    /// <summary>Where the study goes.</summary>
    /// <param name="Staged">The folder it is written to.</param>
    /// <param name="Existing">The files that are whole at the destination, with their lengths in bytes.</param>
    /// <param name="Earlier">What was erased before of its files.</param>
    private sealed record Target(StagedStudy Staged, Dictionary<string, long> Existing, EarlierCopies Earlier);
}
