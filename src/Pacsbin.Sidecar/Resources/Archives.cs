using Pacsbin.Archives;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Resources;

/// <summary>Where the secret of an archive is.</summary>
public enum SecretPlace
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>Stored, encrypted.</summary>
    Stored,

    /// <summary>In an environment variable.</summary>
    Variable,
}

/// <summary>A registered archive, without its secret and without paths.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="QidoUri">The root of QIDO-RS; null if the archive cannot be searched.</param>
/// <param name="WadoUri">The root of WADO-RS; null if nothing can be fetched.</param>
/// <param name="StowUri">The root of STOW-RS; null if nothing can be stored.</param>
/// <param name="Authentication">How the archive knows who asks.</param>
/// <param name="Secret">Where password, token or client secret is.</param>
/// <param name="Thumbprint">SHA-256 of the only certificate that is accepted; null for any that is trusted.</param>
/// <param name="AllowHttp">Whether plain http may leave this machine.</param>
public sealed record ArchiveSummary(string Name, Uri? QidoUri, Uri? WadoUri, Uri? StowUri, ArchiveAuthentication Authentication, SecretPlace Secret, string? Thumbprint, bool AllowHttp)
{
    internal static ArchiveSummary Of(ArchiveDefinition archive) => new(
        archive.Name, archive.QidoUri, archive.WadoUri, archive.StowUri, archive.Authentication,
        archive.SecretVariable is not null ? SecretPlace.Variable : archive.ProtectedSecret is not null ? SecretPlace.Stored : SecretPlace.None,
        archive.Thumbprint, archive.AllowHttp);
}

/// <summary>The archives that the sidecar's user has registered.</summary>
public sealed record ArchiveList(IReadOnlyList<ArchiveSummary> Archives);

/// <summary>Which studies an archive is asked for; what is left out does not matter.</summary>
/// <param name="StudyInstanceUid">The study itself.</param>
/// <param name="PatientId">Patient ID, with wildcards.</param>
/// <param name="PatientName">Patient's Name, with its component delimiters and wildcards.</param>
/// <param name="IsFuzzy">Whether the archive may take names that sound alike.</param>
/// <param name="AccessionNumber">Accession Number, with wildcards.</param>
/// <param name="Modality">One of Modalities in Study.</param>
/// <param name="Since">The first Study Date.</param>
/// <param name="Until">The last Study Date.</param>
/// <param name="Most">The most studies that are given, 1 to 10,000.</param>
public sealed record ArchiveQuestion(
    string? StudyInstanceUid = null, string? PatientId = null, string? PatientName = null, bool IsFuzzy = false, string? AccessionNumber = null, string? Modality = null,
    DateOnly? Since = null, DateOnly? Until = null, int Most = 1000)
{
    internal const int MostStudies = 10_000;

    internal StudyQuery Query => new()
    {
        StudyInstanceUid = StudyInstanceUid, PatientId = PatientId, PatientName = PatientName, IsFuzzy = IsFuzzy, AccessionNumber = AccessionNumber, Modality = Modality, Since = Since, Until = Until,
    };

    /// <summary>Nothing of what is asked.</summary>
    public override string ToString() => nameof(ArchiveQuestion);
}

/// <summary>A study that an archive has, as it names it.</summary>
/// <param name="StudyInstanceUid">Study Instance UID.</param>
/// <param name="PatientId">Patient ID.</param>
/// <param name="PatientName">Patient's Name.</param>
/// <param name="StudyDate">Study Date.</param>
/// <param name="StudyDescription">Study Description.</param>
/// <param name="AccessionNumber">Accession Number.</param>
/// <param name="Modality">Modalities in Study.</param>
/// <param name="InstanceCount">Number of Study Related Instances; null if the archive does not say.</param>
public sealed record RemoteStudySummary(
    string StudyInstanceUid, string? PatientId, string? PatientName, DateOnly? StudyDate, string? StudyDescription, string? AccessionNumber, IReadOnlyList<string> Modality, int? InstanceCount)
{
    /// <summary>The study; never the patient.</summary>
    public override string ToString() => StudyInstanceUid;

    internal static RemoteStudySummary Of(DicomStudy study) => new(
        study.StudyInstanceUid, study.PatientId, study.PatientName, study.StudyDate, study.StudyDescription, study.AccessionNumber, study.Modality, study.Remote?.InstanceCount);
}

/// <summary>What an archive found.</summary>
/// <param name="Studies">In the archive's order.</param>
/// <param name="IsWhole">Whether there are no more than these.</param>
/// <param name="Unusable">How many had no legal UID, and were left out for that.</param>
public sealed record RemoteStudies(IReadOnlyList<RemoteStudySummary> Studies, bool IsWhole, int Unusable);
