using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>What happens to the UIDs of a project's studies.</summary>
public enum UidPolicy
{
    /// <summary>Each UID gets a replacement that the project's key makes.</summary>
    Replace,

    /// <summary>UIDs stay: the option RetainUids of PS3.15 E.3.9.</summary>
    Retain,
}

/// <summary>The content of <c>project.json</c>: what a project's studies are made with. It holds no secret.</summary>
public sealed record ProjectSettings
{
    /// <summary>The file's name.</summary>
    public const string FileName = "project.json";

    /// <summary>The version of the format that this record reads and writes.</summary>
    public const string CurrentFormat = "pacsbin-project/1";

    /// <summary>The most characters of a name or a word.</summary>
    internal const int MaximumNameLength = 64;

    /// <summary>The option that <see cref="UidPolicy"/> stands for.</summary>
    private const string RetainUids = "RetainUids";

    /// <summary><see cref="CurrentFormat"/>.</summary>
    [JsonRequired]
    public string Format { get; init; } = CurrentFormat;

    /// <summary>32 random hexadecimal digits, which <see cref="Project"/>.Create makes.</summary>
    [JsonRequired]
    public string Id { get; init; } = "";

    /// <summary>1 to 64 printable characters.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>When the project was made, which <see cref="Project"/>.Create sets.</summary>
    [JsonRequired]
    public DateTimeOffset Created { get; init; }

    /// <summary>Pacsbin or Basic.</summary>
    [JsonRequired]
    public string Profile { get; init; } = "Pacsbin";

    /// <summary>The names of the options that are added to the profile; RetainUids is not among them, but <see cref="UidPolicy"/>.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The full path of a device library; null for none.</summary>
    [JsonRequired]
    public string? PixelScript { get; init; }

    /// <summary>Whether UIDs are replaced.</summary>
    [JsonRequired]
    public UidPolicy UidPolicy { get; init; }

    /// <summary>The name of the archive that approved studies go to; null for none.</summary>
    [JsonRequired]
    public string? Archive { get; init; }

    /// <summary>For how many days studies are kept in a workspace; null for no limit.</summary>
    [JsonRequired]
    public int? RetentionDays { get; init; }

    /// <summary>Words that may be in a copy although a source's identifier has them.</summary>
    [JsonRequired]
    public IReadOnlyList<string> AllowedWords { get; init; } = [];

    /// <summary>32 hexadecimal digits that are equal for equal keys and say nothing else of the key; <see cref="Project"/>.Create makes them.</summary>
    [JsonRequired]
    public string KeyFingerprint { get; init; } = "";

    /// <summary>Whether a folder is a project.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Join(folder, FileName));

    /// <summary>Reads the settings of a project.</summary>
    /// <exception cref="PacsbinException">FileNotFound if the folder is no project; MalformedElement if the file is not of <see cref="CurrentFormat"/>; FileIo and FileAccessDenied.</exception>
    public static ProjectSettings Read(string folder)
    {
        try
        {
            using var stream = WholeFile.OpenRead(Path.Join(folder, FileName));
            return JsonSerializer.Deserialize(stream, ProjectJson.Default.ProjectSettings) is { } settings && settings.Problem() is null && settings.HasIdentity
                ? settings
                : throw new PacsbinException(PacsbinError.MalformedElement, $"{FileName} is not of format {CurrentFormat}.");
        }
        catch (JsonException e)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"{FileName} is not of format {CurrentFormat}: line {e.LineNumber + 1}.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PacsbinException(PacsbinError.FileNotFound, $"The folder is not a project: it has no {FileName}.");
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>The first thing that is wrong with what a person chooses; null if all is well.</summary>
    public string? Problem() => this switch
    {
        { Format: not CurrentFormat } => $"The format is not {CurrentFormat}.",
        _ when !IsPrintable(Name) => $"A project's name is 1 to {MaximumNameLength} printable characters without space around them.",
        { Profile: not ("Pacsbin" or "Basic") } => "The profile is Pacsbin or Basic.",
        _ when !IsSet(Options) => "Options are names, each once.",
        _ when Options.Contains(RetainUids) => $"{RetainUids} is not one of the options: the UID policy says it.",
        { UidPolicy: not (UidPolicy.Replace or UidPolicy.Retain) } => "The UID policy is Replace or Retain.",
        { PixelScript: { } path } when path.Length == 0 || path.Any(char.IsControl) => "The pixel script is a path.",
        { Archive: { } archive } when !IsPrintable(archive) => $"An archive's name is 1 to {MaximumNameLength} printable characters without space around them.",
        { RetentionDays: < 1 } => "Studies are kept for at least one day.",
        _ when !IsSet(AllowedWords) => $"A word that is allowed is 1 to {MaximumNameLength} printable characters without space around them, and comes once.",
        _ => null,
    };

    /// <summary>Writes the settings in one step: a reader sees the old ones or the new ones.</summary>
    /// <exception cref="PacsbinException">DestinationExists if they are not to replace others and there are some; FileIo and FileAccessDenied.</exception>
    internal void Write(string folder, bool replace) =>
        WholeFile.Write(Path.Join(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, ProjectJson.Default.ProjectSettings), ownerOnly: false, replace);

    /// <summary>Whether the text can be a name: nothing in it that a terminal obeys or that cannot be seen.</summary>
    private static bool IsPrintable(string text) =>
        text.Length is > 0 and <= MaximumNameLength && text.AsSpan().Trim().Length == text.Length && !text.Any(char.IsControl);

    private static bool IsSet(IReadOnlyList<string> names) =>
        names.All(n => n is not null && IsPrintable(n)) && names.Distinct(StringComparer.Ordinal).Count() == names.Count;

    private bool HasIdentity => IsHexadecimal(Id) && IsHexadecimal(KeyFingerprint);

    private static bool IsHexadecimal(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(ProjectSettings))]
internal sealed partial class ProjectJson : JsonSerializerContext;
