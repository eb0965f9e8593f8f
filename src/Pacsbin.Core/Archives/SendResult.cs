namespace Pacsbin.Archives;

/// <summary>What became of a study that was sent.</summary>
/// <param name="StudyInstanceUid">The study, in the UIDs of the workspace.</param>
/// <param name="Archive">The archive's name; Folder or Zip for those.</param>
/// <param name="Path">The study's folder in the workspace.</param>
/// <param name="Stored">How many instances the archive has confirmed in this run.</param>
/// <param name="Failed">How many it has not, after all retries.</param>
/// <param name="Skipped">How many it had confirmed before.</param>
/// <param name="Bytes">The bytes of the instances that were stored in this run.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Instances">What is to be said of single instances: those that failed, and those that the archive has a warning for.</param>
public sealed record SendResult(
    string StudyInstanceUid, string Archive, string Path, int Stored, int Failed, int Skipped, long Bytes, TimeSpan Duration, IReadOnlyList<InstanceReport> Instances)
{
    /// <summary>Whether every instance of the study is there.</summary>
    public bool IsComplete => Failed == 0;

    /// <summary>Whether it was looked up afterwards that every instance is there: by QIDO-RS, or by reading the copy.</summary>
    public bool IsVerified { get; init; }
}

/// <summary>What an archive said of an instance.</summary>
/// <param name="SopInstanceUid">The instance, in the UIDs of the workspace.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">The archive's reason, a number of PS3.18 Table I.2-2 in hexadecimal and its meaning; or what kept it from being sent.</param>
public sealed record InstanceReport(string SopInstanceUid, InstanceStatus Status, string Reason);

/// <summary>What became of an instance that was sent.</summary>
public enum InstanceStatus
{
    /// <summary>The archive has it, and has changed it or found it odd.</summary>
    StoredWithWarning,

    /// <summary>The archive does not have it.</summary>
    Failed,
}

/// <summary>How far sending is.</summary>
/// <param name="Instances">Instances that are there, those of earlier runs included.</param>
/// <param name="TotalInstances">Instances of all studies that are sent.</param>
/// <param name="Bytes">Bytes that went out.</param>
/// <param name="TotalBytes">Bytes that are to go out.</param>
/// <param name="Elapsed">The time since the first byte.</param>
public sealed record SendProgress(int Instances, int TotalInstances, long Bytes, long TotalBytes, TimeSpan Elapsed)
{
    /// <summary>Bytes a second; 0 before anything is known.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Bytes / Elapsed.TotalSeconds : 0;

    /// <summary>The time that is left at this rate; null before anything is known.</summary>
    public TimeSpan? Remaining => Rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, TotalBytes - Bytes) / Rate) : null;
}
