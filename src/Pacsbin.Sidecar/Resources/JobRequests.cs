using Pacsbin.Redaction;

namespace Pacsbin.Sidecar.Resources;

/// <summary>Studies that are to be de-identified: those below paths, those of an upload, or those that an archive has.</summary>
/// <param name="Paths">Full paths below roots; null for none.</param>
/// <param name="Upload">The id of an upload, which is gone when the job has ended; null for none.</param>
/// <param name="Archive">The name of an archive from which studies are fetched, each deleted as soon as it is de-identified; null for none.</param>
/// <param name="StudyInstanceUids">Only these studies; null for all. With an archive, they or a query are needed.</param>
/// <param name="Query">Which studies of the archive; null for those that are named.</param>
/// <param name="Workspace">The full path of a workspace below the configured folder; null for that itself.</param>
/// <param name="Project">The name of a project's folder; null for none.</param>
/// <param name="Profile">Pacsbin or Basic; null for Pacsbin, or with a script Basic with CleanPixelData.</param>
/// <param name="Options">The names of options that are added to the profile; null for none.</param>
/// <param name="PixelScript">The full path of a device library; null for none.</param>
/// <param name="Script">The full path of an anonymizer script; null for none.</param>
/// <param name="LookupTable">The full path of the script's lookup table; null for none.</param>
/// <param name="Parameters">Values of the script's parameters; null for its own.</param>
/// <param name="Filter">Which files, in the language of CTP's filters; null for all.</param>
/// <param name="Exact">Whether scripts are read and run exactly as CTP does.</param>
/// <param name="Regions">Rectangles that are erased, in the UIDs of the sources; null for none.</param>
/// <param name="AllowedWords">Words that are harmless in a copy although a source has them as an identifier; null for none.</param>
/// <param name="Force">Whether a study that is there, made with other settings, is written again.</param>
/// <param name="Key">A secret of at least 16 bytes of UTF-8; null for the project's, or a random one that is thrown away. It is kept encrypted until the job has ended; a project is better.</param>
public sealed record StudiesToDeidentify(
    IReadOnlyList<string>? Paths = null, string? Upload = null, string? Archive = null, IReadOnlyList<string>? StudyInstanceUids = null, StudiesWanted? Query = null, string? Workspace = null,
    string? Project = null, string? Profile = null, IReadOnlyList<string>? Options = null, string? PixelScript = null, string? Script = null, string? LookupTable = null,
    IReadOnlyDictionary<string, string>? Parameters = null, string? Filter = null, bool Exact = false, IReadOnlyList<RedactionRegion>? Regions = null,
    IReadOnlyList<string>? AllowedWords = null, bool Force = false, string? Key = null)
{
    /// <summary>Nothing of it: it may have a key and identifiers.</summary>
    public override string ToString() => nameof(StudiesToDeidentify);
}

/// <summary>Which studies of an archive are meant; what is null does not matter.</summary>
/// <param name="PatientId">Patient ID; * and ? are wildcards.</param>
/// <param name="PatientName">Patient's Name; * and ? are wildcards.</param>
/// <param name="AccessionNumber">Accession Number.</param>
/// <param name="Modality">A modality that the study has.</param>
/// <param name="Since">The first Study Date.</param>
/// <param name="Until">The last Study Date.</param>
/// <param name="LastDays">Instead of the dates: today and so many days before.</param>
public sealed record StudiesWanted(
    string? PatientId = null, string? PatientName = null, string? AccessionNumber = null, string? Modality = null, DateOnly? Since = null, DateOnly? Until = null, int? LastDays = null)
{
    /// <summary>Nothing of it: it may name a patient.</summary>
    public override string ToString() => nameof(StudiesWanted);
}

/// <summary>Studies that are to be fetched from an archive into the folder for fetched studies.</summary>
/// <param name="Archive">The archive's name.</param>
/// <param name="StudyInstanceUids">The studies; null for those of the query.</param>
/// <param name="Query">Which studies; null for those that are named.</param>
/// <param name="SeriesInstanceUid">Only this series; needs a single study. Null for all.</param>
/// <param name="SopInstanceUid">Only this instance; needs the series. Null for all.</param>
/// <param name="Destination">The full path of a folder below the configured one; null for that itself.</param>
public sealed record StudiesToReceive(
    string Archive, IReadOnlyList<string>? StudyInstanceUids = null, StudiesWanted? Query = null, string? SeriesInstanceUid = null, string? SopInstanceUid = null, string? Destination = null)
{
    /// <summary>Nothing of it: UIDs are identifiers.</summary>
    public override string ToString() => nameof(StudiesToReceive);
}

/// <summary>Approved studies that are to be sent, to one of archive, project's archive and destination.</summary>
/// <param name="StudyInstanceUids">The studies; null for all of the workspace.</param>
/// <param name="Workspace">The full path of a workspace; null for the configured one.</param>
/// <param name="Archive">An archive's name.</param>
/// <param name="Project">The name of a project's folder, whose archive is meant.</param>
/// <param name="Destination">The full path of a folder, or of a .zip file, below the configured outgoing folder.</param>
/// <param name="MediaDirectory">Whether a DICOMDIR is written at the destination.</param>
/// <param name="RequestInstances">The most instances of a request.</param>
/// <param name="RequestMegabytes">The most MiB of a request.</param>
/// <param name="Force">Whether instances are sent again that were sent with other bytes, or what is at the destination is replaced.</param>
public sealed record StudiesToSend(
    IReadOnlyList<string>? StudyInstanceUids = null, string? Workspace = null, string? Archive = null, string? Project = null, string? Destination = null, bool MediaDirectory = false,
    int RequestInstances = 50, int RequestMegabytes = 32, bool Force = false);

/// <summary>A path below which studies are to be found.</summary>
/// <param name="Path">A full path below a root.</param>
public sealed record StudiesToFind(string Path);

/// <summary>Studies of a workspace in which burned-in text is looked for.</summary>
/// <param name="StudyInstanceUids">The studies; null for all of the workspace.</param>
/// <param name="Workspace">The full path of a workspace; null for the configured one.</param>
/// <param name="MinimumScore">Leaves out proposals with a lower score, from 0 to 1.</param>
/// <param name="IncludeText">Whether the text that was read is shown; it may identify the patient.</param>
public sealed record TextToFind(IReadOnlyList<string>? StudyInstanceUids = null, string? Workspace = null, double MinimumScore = 0, bool IncludeText = false);
