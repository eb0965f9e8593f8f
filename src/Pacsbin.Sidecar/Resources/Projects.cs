using Pacsbin.Projects;

namespace Pacsbin.Sidecar.Resources;

/// <summary>A project, without its key.</summary>
/// <param name="Folder">The name of its folder, which names it here.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Id">32 hexadecimal digits, which manifests name it by.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Profile">Pacsbin or Basic.</param>
/// <param name="Options">The options that are added to the profile.</param>
/// <param name="HasPixelScript">Whether it has a device library.</param>
/// <param name="UidPolicy">Whether UIDs are replaced.</param>
/// <param name="Archive">The archive that approved studies go to; null for none.</param>
/// <param name="RetentionDays">For how many days studies are kept; null for no limit.</param>
/// <param name="AllowedWords">Words that may be in a copy although a source's identifier has them.</param>
/// <param name="Key">Whether the key at hand opens it.</param>
/// <param name="KeySource">Where that key comes from.</param>
/// <param name="KeyFingerprint">32 hexadecimal digits that are equal for equal keys.</param>
public sealed record ProjectSummary(
    string Folder, string Name, string Id, DateTimeOffset Created, string Profile, IReadOnlyList<string> Options, bool HasPixelScript, UidPolicy UidPolicy,
    string? Archive, int? RetentionDays, IReadOnlyList<string> AllowedWords, KeyState Key, KeySource KeySource, string KeyFingerprint)
{
    internal static ProjectSummary Of(ProjectStatus status) => new(
        Path.GetFileName(status.Folder), status.Settings.Name, status.Settings.Id, status.Settings.Created, status.Settings.Profile, status.Settings.Options, status.Settings.PixelScript is not null,
        status.Settings.UidPolicy, status.Settings.Archive, status.Settings.RetentionDays, status.Settings.AllowedWords, status.Key, status.KeySource, status.Settings.KeyFingerprint);
}

/// <summary>The projects of the folder that is configured.</summary>
/// <param name="Projects">In the order of their folders' names.</param>
/// <param name="Rejected">Projects whose settings cannot be read.</param>
public sealed record ProjectList(IReadOnlyList<ProjectSummary> Projects, IReadOnlyList<Problems.FileProblem> Rejected);

/// <summary>What a new project is made with. Its key is random and stored for its owner only, or that of PACSBIN_KEY in the sidecar's environment.</summary>
/// <param name="Folder">The name of its folder, which is made.</param>
/// <param name="Name">What a person calls it; null for the folder's name.</param>
/// <param name="Profile">Pacsbin or Basic.</param>
/// <param name="Options">The names of options that are added to the profile; RetainUids is not among them, but the UID policy.</param>
/// <param name="PixelScript">The full path of a device library, below a root; null for none.</param>
/// <param name="UidPolicy">Whether UIDs are replaced.</param>
/// <param name="Archive">The name of the archive that approved studies go to; null for none.</param>
/// <param name="RetentionDays">For how many days studies are kept; null for no limit.</param>
/// <param name="AllowedWords">Words that may be in a copy although a source's identifier has them; null for none.</param>
public sealed record NewProject(
    string Folder, string? Name = null, string Profile = "Pacsbin", IReadOnlyList<string>? Options = null, string? PixelScript = null, UidPolicy UidPolicy = UidPolicy.Replace,
    string? Archive = null, int? RetentionDays = null, IReadOnlyList<string>? AllowedWords = null);

/// <summary>What can be changed of a project, all of it: a member that is left out is refused, so that nothing is taken away by mistake.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Archive">The archive that approved studies go to; null for none.</param>
/// <param name="RetentionDays">For how many days studies are kept; null for no limit.</param>
/// <param name="AllowedWords">Words that may be in a copy although a source's identifier has them.</param>
public sealed record ChangedProject(string Name, string? Archive, int? RetentionDays, IReadOnlyList<string> AllowedWords);

/// <summary>Who is asked for, and why.</summary>
/// <param name="Project">The name of the project's folder.</param>
/// <param name="Identities">Pseudonyms, or new Study, Series or SOP Instance UIDs.</param>
/// <param name="Reason">Why somebody must know; it goes into the audit log.</param>
public sealed record IdentityQuestion(string Project, IReadOnlyList<string> Identities, string Reason)
{
    /// <summary>Nothing of what is asked.</summary>
    public override string ToString() => nameof(IdentityQuestion);
}

/// <summary>Who stands behind pseudonyms and new UIDs.</summary>
/// <param name="Identities">Each study of a patient by itself.</param>
/// <param name="NotFound">How many of those that were asked for are not known; the look-up is in the audit log.</param>
public sealed record IdentityAnswer(IReadOnlyList<ResolvedIdentity> Identities, int NotFound);
