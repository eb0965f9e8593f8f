using System.Management.Automation;
using System.Security;
using Pacsbin.Deidentification;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Makes a project: a folder with settings and a secret key.</summary>
/// <remarks>
/// <para>A project makes pseudonyms, UIDs and date shifts the same in every run, on every machine, for years.</para>
/// <para>Writes project.json, the settings, crosswalk.db, an empty crosswalk, and project.key, a random key of 256 bits. The key file is readable by its owner only, and on Windows encrypted for the current user.
/// Whoever has the key can test guesses of who a pseudonym is: keep it as you keep the patients' names. Without it nobody can make the same pseudonyms again, so
/// save it with Export-PacsbinKey.</para>
/// <para>With -Key, or with a text in the environment variable PACSBIN_KEY, no key is stored: the same text has to be at hand whenever the project is used. The text makes another key for each project. project.json has a fingerprint
/// that tells a wrong key before anything is written.</para>
/// <para>What pseudonyms and copies depend on (profile, options, pixel script, UIDs, key) is chosen once. The rest can be changed with Set-PacsbinProject.</para>
/// <para>After an interruption the same command finishes the project. A folder that is a project already is an error.</para>
/// </remarks>
/// <example>
///   <code>New-PacsbinProject -Path ./trial</code>
///   Makes a project with the default profile, and a key that its owner alone can read.
/// </example>
/// <example>
///   <code>New-PacsbinProject -Path ./trial -Name 'Knee trial' -ProfileName Basic -Option RetainPatientCharacteristics -UidPolicy Retain -RetentionDays 365</code>
///   Makes a project that keeps sex, age, size and weight, and UIDs.
/// </example>
/// <example>
///   <code>
///   $key = Read-Host -Prompt 'Key of the trial' -AsSecureString
///   New-PacsbinProject -Path ./trial -Key $key
///   </code>
///   Makes a project whose key is stored nowhere: each use of it needs -Key again.
/// </example>
/// <example>
///   <code>New-PacsbinProject -Path ./chest -AllowWord CHEST, THORAX -PixelScript ./DicomPixelAnonymizer.script -WhatIf</code>
///   Shows what would be done for a project that erases what a pixel script knows, and in which two words of body parts are no leak of a patient's name.
/// </example>
/// <seealso cref="GetPacsbinProjectCommand"/>
/// <seealso cref="SetPacsbinProjectCommand"/>
/// <seealso cref="ExportPacsbinKeyCommand"/>
[Cmdlet(VerbsCommon.New, "PacsbinProject", SupportsShouldProcess = true)]
[OutputType(typeof(PacsbinProject))]
public sealed class NewPacsbinProjectCommand : ProjectCmdlet
{
    /// <summary>The project's folder. It is made, for its owner only, if it does not exist. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What a person calls the project: up to 64 characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "The folder's name")]
    public string? Name { get; set; }

    /// <summary>What happens to each attribute. Basic is the Basic Profile of PS3.15 alone; Pacsbin adds CleanPixelData and RetainModifiedDates.</summary>
    [Parameter]
    [ValidateSet("Pacsbin", "Basic")]
    [PSDefaultValue(Value = "Pacsbin")]
    public string ProfileName { get; set; } = "Pacsbin";

    /// <summary>Options of PS3.15 Annex E that are added to the profile. RetainUids is the same as -UidPolicy Retain.</summary>
    [Parameter]
    [ValidateSet(
        nameof(ProfileOptions.RetainSafePrivate), nameof(ProfileOptions.RetainUids), nameof(ProfileOptions.RetainDeviceIdentity),
        nameof(ProfileOptions.RetainInstitutionIdentity), nameof(ProfileOptions.RetainPatientCharacteristics), nameof(ProfileOptions.RetainFullDates),
        nameof(ProfileOptions.RetainModifiedDates), nameof(ProfileOptions.CleanGraphics), nameof(ProfileOptions.CleanPixelData))]
    public ProfileOptions[] Option { get; set; } = [];

    /// <summary>A device library that tells which devices burn in text, and where. Its full path is kept, not its content.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PixelScript { get; set; }

    /// <summary>Replace gives each UID a replacement that the key makes; Retain keeps UIDs, as the option RetainUids says.</summary>
    [Parameter]
    public UidPolicy UidPolicy { get; set; }

    /// <summary>The name of the archive that approved studies go to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Archive { get; set; }

    /// <summary>For how many days studies are kept in a workspace.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? RetentionDays { get; set; }

    /// <summary>Words that may be in a copy although a patient's name or another identifier has them, such as body parts. They stand in project.json in clear.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AllowWord { get; set; } = [];

    /// <summary>A secret of at least 16 bytes of UTF-8, or pacsbin-key-1: and 32 bytes in base 64. With it, no key is stored.</summary>
    [Parameter]
    public SecureString? Key { get; set; }

    protected override void ProcessRecord()
    {
        var folder = Resolve(Path);
        var settings = SettingsOf(folder);
        if (settings.Problem() is { } problem)
        {
            Refuse(Path, problem);
        }

        Attempt("-Option", () => DeidentificationProfile.Of(settings), "Take -ProfileName Basic, or leave one of the two options out.");
        if (ShouldProcess(folder, "Make a project"))
        {
            WriteObject(Create(folder, settings));
        }
    }

    private PacsbinProject Create(string folder, ProjectSettings settings)
    {
        Func<string, byte[]?> keyOf = Key is null ? SecretText.KeyOfEnvironment : KeyOf(Key);
        using var project = Attempt(Path, () => Project.Create(folder, settings, keyOf));
        var status = Attempt(Path, () => Project.Inspect(folder, Key is null ? keyOf : null));
        WriteVerbose(status.KeySource == KeySource.KeyFile
            ? "Stored a random key, which its owner alone can read."
            : $"Stored no key: {(Key is null ? SecretText.EnvironmentVariable : "-Key")} has to be at hand whenever the project is used.");
        return PacsbinProject.Of(status);
    }

    private ProjectSettings SettingsOf(string folder)
    {
        var options = Option.Aggregate(ProfileOptions.None, static (all, one) => all | one);
        var retainsUids = options.HasFlag(ProfileOptions.RetainUids);
        if (retainsUids && UidPolicy == UidPolicy.Replace && MyInvocation.BoundParameters.ContainsKey(nameof(UidPolicy)))
        {
            Refuse("-UidPolicy", "-Option RetainUids and -UidPolicy Replace contradict each other.");
        }

        return new ProjectSettings
        {
            Name = Name ?? System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(folder)),
            Profile = ProfileName.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? "Basic" : "Pacsbin",
            Options = [.. Enum.GetValues<ProfileOptions>().Where(o => o is not (ProfileOptions.None or ProfileOptions.RetainUids) && options.HasFlag(o)).Select(o => o.ToString())],
            PixelScript = PixelScript is null ? null : ScriptPath(PixelScript),
            UidPolicy = retainsUids ? UidPolicy.Retain : UidPolicy,
            Archive = Archive,
            RetentionDays = RetentionDays,
            AllowedWords = [.. AllowWord.Distinct(StringComparer.Ordinal)],
        };
    }

    private string ScriptPath(string path) => Attempt(path, () =>
    {
        var full = SourcePaths.Resolve(this, path);
        return File.Exists(full) ? full : throw new PacsbinException(PacsbinError.FileNotFound, "The pixel script is not a file that exists.");
    });
}
