using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>Sends approved studies to an archive by STOW-RS (PS3.18 10.5), and looks up by QIDO-RS that they are there.</summary>
/// <remarks>
/// Every byte is compared with the approval before the first goes out, and once more while it does. What the archive has confirmed is noted in the study's manifest at once and is never sent
/// again; a run that was interrupted goes on from there. A study whose every instance is confirmed gets the state Sent.
/// </remarks>
public sealed class StudySend
{
    private readonly ArchiveClient client;

    /// <summary>Prepares to send.</summary>
    /// <exception cref="PacsbinException">ArchiveFailed if the archive is registered without STOW-RS.</exception>
    public StudySend(ArchiveClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        this.client = client;
        _ = client.Archive.Target ?? throw new PacsbinException(PacsbinError.ArchiveFailed, "The archive is registered without STOW-RS, so nothing can be sent to it.");
    }

    /// <summary>The most requests at once; 0 for four.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>The most instances of a request.</summary>
    public int RequestInstances { get; init; } = 50;

    /// <summary>The most bytes of a request, unless a single instance has more.</summary>
    public long RequestBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Whether an instance is sent again that the archive has with other bytes.</summary>
    public bool Force { get; init; }

    /// <summary>Receives each study that cannot be sent, or not all of it; called from several threads.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Sends studies, one after the other.</summary>
    /// <param name="studies">Of workspaces.</param>
    /// <param name="completed">Receives what became of each study that was approved.</param>
    /// <param name="progress">Told what has gone out.</param>
    /// <param name="cancellationToken">Stops at once; what the archive has confirmed stays noted.</param>
    /// <exception cref="PacsbinException">ArchiveRefused: nothing more is tried, because archives lock out who tries too often.</exception>
    public async Task RunAsync(IReadOnlyList<DicomStudy> studies, Action<SendResult> completed, IProgress<SendProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(studies);
        var meter = new SendMeter(studies.Sum(s => s.InstanceCount), studies.Sum(s => s.Length), progress);
        var isGivenUp = false;
        foreach (var study in studies)
        {
            if (isGivenUp)
            {
                Rejected(study.Path, new PacsbinException(PacsbinError.ArchiveFailed, "Not sent, because the archive was not to be had for the study before."));
                continue;
            }

            try
            {
                using var approved = ApprovedStudy.Open(study, ThrottleLimit, progress: null, cancellationToken);
                using var transfer = new StudyTransfer(client, approved, this, meter);
                var (result, problem) = await transfer.RunAsync(cancellationToken).ConfigureAwait(false);
                study.State = approved.Manifest.State;
                completed(result);
                isGivenUp = transfer.GivenUp is not null;
                if (!result.IsComplete)
                {
                    problem = new PacsbinException(
                        PacsbinError.ArchiveFailed,
                        $"The archive has not taken {result.Failed} of {result.Failed + result.Stored + result.Skipped} instances. {result.Instances.First(i => i.Status == InstanceStatus.Failed).Reason} Send the study again to go on.");
                }

                if (problem is not null)
                {
                    throw problem;
                }
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { Error: not PacsbinError.ArchiveRefused } known)
            {
                Rejected(study.Path, known);
            }
        }
    }
}
