using System.Globalization;
using System.Management.Automation;
using Pacsbin.Archives;
using Pacsbin.Archives.Media;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Sends approved studies to an archive, a folder or a .zip file.</summary>
/// <remarks>
/// <para>Only a study of a workspace leaves that <see cref="ApprovePacsbinStudyCommand"/> has recorded an approval of, for exactly the bytes that it has: all are compared with the approval before the
/// first goes out, and each file again before its first byte does. Anything else is the error NotApproved, and nothing of it leaves.</para>
/// <para>What the archive confirms is noted in study.json at once and never sent again, whatever interrupts the command; the same command goes on from there. What fails in passing is tried again with
/// growing waits, or as long as the archive asks for. In the end QIDO-RS tells whether the archive has every instance. The result says how many were stored, failed, and skipped because they were
/// there; of instances that failed it has the archive's reason. The study's State is Sent when every instance is confirmed.</para>
/// <para>If a study was changed and approved again after it was sent, the archive would have two kinds of instances under the same UIDs: that is the error DestinationExists, until -Force says that
/// the old ones are deleted there.</para>
/// <para>-DestinationPath copies to a folder, or writes one .zip file, for a network that nothing reaches; the same gate and checks hold, and the copy is read back.</para>
/// </remarks>
/// <example>
///   <code>
///   Get-DicomStudy -Path ./for-teaching | Where-Object State -eq Approved |
///       Send-PacsbinStudy -Archive teaching
///   </code>
///   Sends all approved studies of a workspace.
/// </example>
/// <example>
///   <code>
///   Send-PacsbinStudy -Path ./for-teaching -Archive teaching -WhatIf
///   Send-PacsbinStudy -Path ./for-teaching -Archive teaching -ErrorVariable failed |
///       ForEach-Object { $_.Instances }
///   </code>
///   Lists what would go, then sends it and shows what the archive said of single instances.
/// </example>
/// <example>
///   <code>Send-PacsbinStudy -Path ./for-research -Project ./trial</code>
///   Sends to the archive of the project.
/// </example>
/// <example>
///   <code>Send-PacsbinStudy -Path ./for-research -DestinationPath /media/usb/trial7.zip -MediaDirectory</code>
///   Writes the approved studies into one .zip file with a DICOMDIR.
/// </example>
/// <seealso cref="ApprovePacsbinStudyCommand"/>
/// <seealso cref="RegisterPacsbinArchiveCommand"/>
/// <seealso cref="GetDicomStudyCommand"/>
[Cmdlet(VerbsCommunications.Send, "PacsbinStudy", DefaultParameterSetName = "Study", SupportsShouldProcess = true)]
[OutputType(typeof(SendResult))]
public sealed class SendPacsbinStudyCommand : StudyInputCmdlet
{
    private string? archive;

    /// <summary>The name of a registered archive.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string? Archive { get; set; }

    /// <summary>The folder of a project, whose archive is meant. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Project { get; set; }

    /// <summary>A folder to copy to, in which each study gets a folder, or a .zip file to write. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DestinationPath { get; set; }

    /// <summary>Writes a DICOMDIR too, with folders and files named as media want it (PS3.10 section 8).</summary>
    [Parameter]
    [Alias("DicomDir")]
    public SwitchParameter MediaDirectory { get; set; }

    /// <summary>The most instances of a request.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    [PSDefaultValue(Value = 50)]
    public int RequestInstances { get; set; } = 50;

    /// <summary>The most bytes of a request, in MiB, unless a single instance has more. A request that is too large for the archive is halved.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    [PSDefaultValue(Value = 32)]
    public int RequestMegabytes { get; set; } = 32;

    /// <summary>Sends instances again that were sent with other bytes, or replaces what is at the destination.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (new[] { Archive, Project, DestinationPath }.Count(t => t is not null) != 1)
        {
            Refuse("-Archive", "Give one of -Archive, -Project and -DestinationPath.");
        }

        if (MediaDirectory && DestinationPath is null)
        {
            Refuse("-MediaDirectory", "-MediaDirectory is for -DestinationPath.");
        }

        archive = Archive ?? (Project is null ? null : ArchiveOf(Project));
    }

    protected override void EndProcessing()
    {
        var to = archive ?? ErrorRecords.Printable(DestinationPath!);
        var studies = FindStudies().Where(s => ShouldProcess(Describe(s), $"Send to {to}")).ToList();
        if (studies.Count == 0)
        {
            return;
        }

        try
        {
            if (archive is not null)
            {
                SendToArchive(studies);
            }
            else
            {
                SendToFolder(studies);
            }
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, to));
        }
    }

    private string ArchiveOf(string path)
    {
        try
        {
            return ProjectSettings.Read(SourcePaths.Resolve(this, path)).Archive
                ?? throw new PacsbinException(PacsbinError.FileNotFound, "The project has no archive: give it one with Set-PacsbinProject -Archive.");
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, path));
            throw;
        }
    }

    private void SendToArchive(List<DicomStudy> studies)
    {
        using var client = OpenArchive(archive!);
        RunApart(pump => new StudySend(client)
        {
            ThrottleLimit = ThrottleLimit,
            RequestInstances = RequestInstances,
            RequestBytes = (long)RequestMegabytes << 20,
            Force = Force,
            Rejected = (path, error) => PostError(pump, path, error),
        }.RunAsync(studies, result => pump.Post(() => WriteObject(result)), pump.Progress<SendProgress>(DescribeSend), pump.Cancellation).GetAwaiter().GetResult());
    }

    private void SendToFolder(List<DicomStudy> studies)
    {
        var destination = SourcePaths.Resolve(this, DestinationPath!);
        RunApart(pump => new FolderSend(destination)
        {
            IsZip = System.IO.Path.GetExtension(destination).Equals(".zip", StringComparison.OrdinalIgnoreCase),
            HasDirectory = MediaDirectory,
            Force = Force,
            ThrottleLimit = ThrottleLimit,
            Rejected = (path, error) => PostError(pump, path, error),
        }.Run(studies, result => pump.Post(() => WriteObject(result)), pump.Progress<SendProgress>(DescribeSend), pump.Cancellation));
    }

    private static ProgressRecord DescribeSend(SendProgress progress) =>
        new(7, "Sending", string.Create(CultureInfo.InvariantCulture, $"{progress.Instances} of {progress.TotalInstances} instances, {progress.Bytes >> 20} of {progress.TotalBytes >> 20} MiB, {progress.Rate / (1 << 20):0.0} MiB/s"))
        {
            PercentComplete = (int)Math.Clamp(100 * progress.Bytes / Math.Max(1, progress.TotalBytes), 0, 100),
            SecondsRemaining = progress.Remaining is { } left ? (int)Math.Min(int.MaxValue, left.TotalSeconds) : -1,
        };
}
