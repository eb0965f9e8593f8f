using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>A project, as it is shown.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Id">32 hexadecimal digits, which manifests name it by.</param>
/// <param name="Created">When it was made.</param>
/// <param name="ProfileName">The profile.</param>
/// <param name="Option">The options that are added to the profile.</param>
/// <param name="PixelScript">The device library; null for none.</param>
/// <param name="UidPolicy">Whether UIDs are replaced.</param>
/// <param name="Archive">The archive that approved studies go to; null for none.</param>
/// <param name="RetentionDays">For how many days studies are kept; null for no limit.</param>
/// <param name="AllowWord">Words that may be in a copy although a source's identifier has them.</param>
/// <param name="Key">Whether the key at hand opens it.</param>
/// <param name="KeySource">Where that key comes from.</param>
/// <param name="KeyFingerprint">32 hexadecimal digits that are equal for equal keys.</param>
public sealed record PacsbinProject(
    string Name, string Path, string Id, DateTimeOffset Created, string ProfileName, IReadOnlyList<string> Option, string? PixelScript, UidPolicy UidPolicy,
    string? Archive, int? RetentionDays, IReadOnlyList<string> AllowWord, KeyState Key, KeySource KeySource, string KeyFingerprint)
{
    /// <summary>The folder.</summary>
    public override string ToString() => Path;

    internal static PacsbinProject Of(ProjectStatus status) => new(
        status.Settings.Name, status.Folder, status.Settings.Id, status.Settings.Created, status.Settings.Profile, status.Settings.Options, status.Settings.PixelScript,
        status.Settings.UidPolicy, status.Settings.Archive, status.Settings.RetentionDays, status.Settings.AllowedWords, status.Key, status.KeySource, status.Settings.KeyFingerprint);
}
