using System.Globalization;
using System.Management.Automation;
using Pacsbin.Archives;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Fetches studies from an archive by WADO-RS.</summary>
/// <remarks>
/// <para>Instances come in the transfer syntax that they are stored in, and are written as they come. What is there already is not fetched again, so after an interruption the same command goes on.
/// In the end all instances that the archive lists are there, or there is an error that says how many are missing. Folders and files are named by hashes, so that no message tells a UID.</para>
/// <para>With -Transient the files are for the rest of the pipeline only: they are in a folder that only you can read, in your application data or where the environment variable PACSBIN_TRANSIENT says.
/// <see cref="InvokePacsbinAnonymizeCommand"/> de-identifies each study when it has come, before the next is fetched, and deletes each file as soon as it is de-identified; the folder goes when the pipeline ends, also by an error or Ctrl+C. What a killed process leaves goes with the next Receive-DicomStudy -Transient.</para>
/// </remarks>
/// <example>
///   <code>
///   Get-DicomStudy -Archive pacs -PatientId TRIAL7-* -Modality CT |
///       Receive-DicomStudy -Transient |
///       Invoke-PacsbinAnonymize -Destination ./for-research -Project ./trial
///   </code>
///   De-identifies studies of a PACS for a project, and leaves no identified file behind.
/// </example>
/// <example>
///   <code>Receive-DicomStudy -Archive pacs -StudyInstanceUid 1.2.826.0.1.3680043.99.1 -Destination ./from-pacs</code>
///   Fetches one study into a folder, and the rest of it if a part is there already.
/// </example>
/// <example>
///   <code>Get-Content -Path ./uids.txt | Receive-DicomStudy -Archive pacs -Destination ./from-pacs -ThrottleLimit 2</code>
///   Fetches the studies of a list, with two requests at once.
/// </example>
/// <seealso cref="GetDicomStudyCommand"/>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
/// <seealso cref="RegisterPacsbinArchiveCommand"/>
[Cmdlet(VerbsCommunications.Receive, "DicomStudy", DefaultParameterSetName = "Study", SupportsShouldProcess = true)]
[OutputType(typeof(DicomStudy))]
public sealed class ReceiveDicomStudyCommand : DicomStudyCmdlet
{
    private readonly Dictionary<string, ArchiveClient> clients = new(StringComparer.OrdinalIgnoreCase);
    private TransientFolder? transient;
    private string folder = "";

    /// <summary>Studies from Get-DicomStudy -Archive.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Study")]
    [ValidateNotNull]
    public DicomStudy[] Study { get; set; } = [];

    /// <summary>The name of a registered archive.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string Archive { get; set; } = "";

    /// <summary>The Study Instance UIDs.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    public string[] StudyInstanceUid { get; set; } = [];

    /// <summary>Only this series.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    public string? SeriesInstanceUid { get; set; }

    /// <summary>Only this instance; needs -SeriesInstanceUid.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    public string? SopInstanceUid { get; set; }

    /// <summary>The folder in which each study gets a folder. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Fetches for the rest of the pipeline only, and leaves nothing.</summary>
    [Parameter]
    public SwitchParameter Transient { get; set; }

    protected override void BeginProcessing()
    {
        if (Transient == (Destination is not null))
        {
            Refuse("-Destination", "Give either -Destination or -Transient.");
        }

        if (SopInstanceUid is not null && SeriesInstanceUid is null)
        {
            Refuse("-SopInstanceUid", "-SopInstanceUid needs -SeriesInstanceUid (PS3.18 10.4.1.1).");
        }

        if (Transient)
        {
            try
            {
                transient = new TransientFolder();
                folder = transient.Folder;
            }
            catch (PacsbinException e)
            {
                ThrowTerminatingError(ErrorRecords.Of(e, "-Transient"));
            }
        }
        else
        {
            folder = ResolveFolder(Destination!);
        }
    }

    protected override void ProcessRecord()
    {
        foreach (var study in Study)
        {
            if (study.Remote is { } remote)
            {
                Receive(remote.Archive, new RetrieveRequest(study.StudyInstanceUid), remote.InstanceCount, study);
            }
            else
            {
                WriteObject(study); // it is here already
            }
        }

        foreach (var uid in StudyInstanceUid)
        {
            Receive(Archive, new RetrieveRequest(uid.Trim(), SeriesInstanceUid, SopInstanceUid), null, uid);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }

        transient?.Dispose();
        base.Dispose(disposing);
    }

    private void Receive(string archive, RetrieveRequest request, int? count, object target)
    {
        try
        {
            if (!ShouldProcess($"study{(count is null ? "" : string.Create(CultureInfo.InvariantCulture, $" with {count} instances"))} in {archive}", "Fetch"))
            {
                return;
            }

            DicomStudy? received = null;
            var client = ClientOf(archive);
            RunApart(pump => received = new StudyReceive(client) { ThrottleLimit = ThrottleLimit, IsTransient = Transient }
                .RunAsync(request, folder, pump.Progress<ReceiveProgress>(Describe), pump.Cancellation).GetAwaiter().GetResult());
            if (received is not null)
            {
                WriteObject(received);
            }
        }
        catch (PacsbinException e)
        {
            if (e.Error == PacsbinError.ArchiveRefused)
            {
                ThrowTerminatingError(ErrorRecords.Of(e, archive, "Nothing more is tried: archives lock out who tries too often."));
            }

            // The target is for scripts; nobody else is to see a UID.
            var record = ErrorRecords.Of(e, archive);
            WriteError(new ErrorRecord(e, record.FullyQualifiedErrorId, record.CategoryInfo.Category, target) { ErrorDetails = record.ErrorDetails, CategoryInfo = { TargetName = archive } });
        }
    }

    private ArchiveClient ClientOf(string name) => clients.TryGetValue(name, out var known) ? known : clients[name] = OpenArchive(name);

    private static ProgressRecord Describe(ReceiveProgress progress) =>
        new(6, "Fetching a study", string.Create(CultureInfo.InvariantCulture, $"{progress.Instances}{(progress.TotalInstances > 0 ? $" of {progress.TotalInstances}" : "")} instances, {progress.Bytes >> 20} MiB, {progress.Rate / (1 << 20):0.0} MiB/s"))
        {
            PercentComplete = progress.TotalInstances > 0 ? (int)Math.Min(100, 100L * progress.Instances / progress.TotalInstances) : -1,
        };
}
