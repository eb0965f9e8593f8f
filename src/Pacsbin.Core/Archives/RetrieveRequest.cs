namespace Pacsbin.Archives;

/// <summary>What a WADO-RS request asks for (PS3.18 10.4): a study, a series of it, or an instance.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="SeriesInstanceUid">The series; null for all.</param>
/// <param name="SopInstanceUid">The instance; null for all.</param>
public sealed record RetrieveRequest(string StudyInstanceUid, string? SeriesInstanceUid = null, string? SopInstanceUid = null)
{
    /// <summary>Below the root of WADO-RS.</summary>
    internal string Resource => $"studies/{StudyInstanceUid}{(SeriesInstanceUid is null ? "" : $"/series/{SeriesInstanceUid}")}{(SopInstanceUid is null ? "" : $"/instances/{SopInstanceUid}")}";

    public override string ToString() => nameof(RetrieveRequest);
}

/// <summary>How far fetching is.</summary>
/// <param name="Instances">Instances that are here.</param>
/// <param name="TotalInstances">Instances that the archive lists; 0 if it does not.</param>
/// <param name="Bytes">Bytes that have come.</param>
/// <param name="Elapsed">The time since the first request.</param>
public sealed record ReceiveProgress(int Instances, int TotalInstances, long Bytes, TimeSpan Elapsed)
{
    /// <summary>Bytes a second.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Bytes / Elapsed.TotalSeconds : 0;
}
