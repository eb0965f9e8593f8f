namespace Pacsbin.Studies;

/// <summary>Tells, of the approved studies that a scan found, whether their files are still those that were approved.</summary>
/// <remarks>Reads every byte of such studies, and of no others.</remarks>
internal sealed class ApprovalScan
{
    /// <summary>Why an approval is void although all its files are as they were.</summary>
    public const string Unlisted = "The folder holds files that were not approved.";

    private readonly ParallelOptions options;

    /// <param name="throttleLimit">The most files read at once; 0 for the number of processors.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    public ApprovalScan(int throttleLimit, CancellationToken cancellationToken) =>
        options = new ParallelOptions { MaxDegreeOfParallelism = throttleLimit > 0 ? throttleLimit : Environment.ProcessorCount, CancellationToken = cancellationToken };

    /// <summary>Why a manifest's approval is none, whatever the files are; null if it is one.</summary>
    public static string? FaultOf(Manifest manifest) =>
        manifest is not { State: StudyState.Approved or StudyState.Sent, Approval: { } approval } ? "The manifest has no approval."
        : MerkleTree.RootOf(manifest.Files) is not { } root || root != approval.MerkleRoot ? "The manifest is not the one that was approved."
        : null;

    /// <summary>Takes the state from studies whose approval is void, and adds the finding that says so.</summary>
    /// <param name="studies">Of a scan; with the state that their manifests say.</param>
    /// <param name="progress">Told after each file how many are read.</param>
    public void Run(IReadOnlyList<DicomStudy> studies, Action<int> progress)
    {
        var approved = studies.Where(IsApproved).ToList();
        var folders = approved.SelectMany(FoldersOf).Distinct(StringComparer.Ordinal).ToDictionary(f => f, f => new ApprovedFolder(f), StringComparer.Ordinal);
        var done = 0;
        Parallel.ForEach(folders.Values.SelectMany(f => f.Files), options, file =>
        {
            file.Folder.Check(file.File, options.CancellationToken);
            progress(Interlocked.Increment(ref done));
        });
        foreach (var study in approved)
        {
            foreach (var folder in FoldersOf(study).Select(f => Settled(folders, f)))
            {
                study.State = (StudyState)Math.Min((int)study.State, (int)folder.State);
                if (folder.Fault is { } fault)
                {
                    study.Add(new Finding(FindingKind.ApprovalVoid, Detail: fault));
                }
            }
        }
    }

    private static bool IsApproved(DicomStudy study) => study.State is StudyState.Approved or StudyState.Sent;

    private static IEnumerable<string> FoldersOf(DicomStudy study) =>
        study.Series.SelectMany(s => s.Instances).Select(i => i.File.Folder).Distinct(StringComparer.Ordinal);

    /// <summary>The folder as it was checked; checked again if another process has changed its manifest meanwhile.</summary>
    private ApprovedFolder Settled(Dictionary<string, ApprovedFolder> folders, string path)
    {
        var folder = folders[path];
        for (var looks = 0; looks < 3 && folder.Fault is not null && folder.IsOutdated; looks++)
        {
            folders[path] = folder = new ApprovedFolder(path);
            foreach (var (_, file) in folder.Files)
            {
                folder.Check(file, options.CancellationToken);
            }
        }

        return folder;
    }

    /// <summary>A study's folder with the manifest that its files are compared with.</summary>
    private sealed class ApprovedFolder
    {
        private readonly string path;
        private readonly Manifest? manifest;
        private volatile string? fault;

        public ApprovedFolder(string path)
        {
            this.path = path;
            manifest = Workspace.ManifestOf(path);
            fault = manifest is null ? "The manifest cannot be read." : IsWithdrawn ? null : FaultOf(manifest) ?? (Workspace.CountUnlisted(path, manifest) > 0 ? Unlisted : null);
        }

        /// <summary>Why the approval is void; null if it is not, or there is none.</summary>
        public string? Fault => fault;

        public StudyState State => fault is null && manifest is not null ? manifest.State : StudyState.Deidentified;

        /// <summary>What is to be compared.</summary>
        public IEnumerable<(ApprovedFolder Folder, ManifestFile File)> Files => fault is null && !IsWithdrawn ? manifest!.Files.Select(f => (this, f)) : [];

        /// <summary>Whether the manifest is not the one any more that was compared with.</summary>
        public bool IsOutdated => Workspace.ManifestOf(path) is var now && (now?.State != manifest?.State || now?.Approval?.MerkleRoot != manifest?.Approval?.MerkleRoot);

        /// <summary>Whether another process has taken the approval back since the scan.</summary>
        private bool IsWithdrawn => manifest is { State: StudyState.Deidentified, Approval: null };

        public void Check(ManifestFile file, CancellationToken cancellationToken)
        {
            if (fault is not null)
            {
                return; // one is enough
            }

            try
            {
                fault = FileDigest.OfListed(path, file, hasSha256: true, cancellationToken) is null ? "A file is not the one that was approved." : fault;
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                fault = known.Error == PacsbinError.FileNotFound ? "A file is missing." : "A file cannot be read.";
            }
        }
    }
}
