using Pacsbin.Projects;

namespace Pacsbin.Deidentification;

/// <summary>The options of PS3.15 Annex E that can be added to the Basic Profile.</summary>
[Flags]
public enum ProfileOptions
{
    None = 0,

    /// <summary>Keeps the private attributes of PS3.15 Table E.3.10-1, by creator.</summary>
    RetainSafePrivate = 1 << 0,

    /// <summary>Keeps instance, series, study and other UIDs.</summary>
    RetainUids = 1 << 1,

    /// <summary>Keeps what identifies the device.</summary>
    RetainDeviceIdentity = 1 << 2,

    /// <summary>Keeps what identifies the institution.</summary>
    RetainInstitutionIdentity = 1 << 3,

    /// <summary>Keeps sex, age, size, weight and the like.</summary>
    RetainPatientCharacteristics = 1 << 4,

    /// <summary>Keeps dates and times as they are.</summary>
    RetainFullDates = 1 << 5,

    /// <summary>Moves all dates of a patient by the same number of days; times of day stay.</summary>
    RetainModifiedDates = 1 << 6,

    /// <summary>Removes overlays, also those in unused bits of Pixel Data, curves and graphic annotations.</summary>
    CleanGraphics = 1 << 7,

    /// <summary>Reports instances whose pixels may carry text, for a person to look at.</summary>
    CleanPixelData = 1 << 8,
}

/// <summary>What happens to each attribute: the Basic Profile of PS3.15 Table E.1-1 with options.</summary>
public sealed record DeidentificationProfile
{
    /// <summary>The edition of PS3.15 whose table is built in.</summary>
    public const string Edition = "2026d";

    private static readonly (string Code, string Meaning) BasicCode = ("113100", "Basic Application Confidentiality Profile");

    private static readonly (ProfileOptions Option, string Code, string Meaning)[] MethodCodes =
    [
        (ProfileOptions.CleanGraphics, "113103", "Clean Graphics Option"),
        (ProfileOptions.RetainFullDates, "113106", "Retain Longitudinal Temporal Information Full Dates Option"),
        (ProfileOptions.RetainModifiedDates, "113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
        (ProfileOptions.RetainPatientCharacteristics, "113108", "Retain Patient Characteristics Option"),
        (ProfileOptions.RetainDeviceIdentity, "113109", "Retain Device Identity Option"),
        (ProfileOptions.RetainUids, "113110", "Retain UIDs Option"),
        (ProfileOptions.RetainSafePrivate, "113111", "Retain Safe Private Option"),
        (ProfileOptions.RetainInstitutionIdentity, "113112", "Retain Institution Identity Option"),
    ];

    /// <summary>Every code of CID 7050, with its meaning.</summary>
    internal static IReadOnlyList<(string Code, string Meaning)> AllCodes { get; } =
    [
        BasicCode,
        ("113101", "Clean Pixel Data Option"),
        ("113102", "Clean Recognizable Visual Features Option"),
        ("113104", "Clean Structured Content Option"),
        ("113105", "Clean Descriptors Option"),
        .. MethodCodes.Select(c => (c.Code, c.Meaning)),
    ];

    private DeidentificationProfile(string name, ProfileOptions options)
    {
        Name = name;
        Options = options;
    }

    /// <summary>The Basic Application Level Confidentiality Profile alone.</summary>
    public static DeidentificationProfile Basic { get; } = new("Basic", ProfileOptions.None);

    /// <summary>The default: the Basic Profile with Clean Pixel Data and Retain Longitudinal Temporal Information with Modified Dates.</summary>
    public static DeidentificationProfile Pacsbin { get; } = new("Pacsbin", ProfileOptions.CleanPixelData | ProfileOptions.RetainModifiedDates);

    /// <summary>The default of runs with an anonymizer script: the Basic Profile with Clean Pixel Data, because dates that the profile moved would not fit those that the script moves.</summary>
    public static DeidentificationProfile ForScripts { get; } = Basic.With(ProfileOptions.CleanPixelData);

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>The options that are on, the profile's own included.</summary>
    public ProfileOptions Options { get; }

    /// <summary>The codes of CID 7050 for what the profile does. Clean Pixel Data is not among them: it is only true of pixels that a person has reviewed.</summary>
    public IEnumerable<(string Code, string Meaning)> Codes =>
        MethodCodes.Where(c => Options.HasFlag(c.Option)).Select(c => (c.Code, c.Meaning)).Prepend(BasicCode);

    /// <summary>The profile with the options that a project is made with.</summary>
    /// <inheritdoc cref="Of(string, IEnumerable{string})"/>
    public static DeidentificationProfile Of(ProjectSettings settings) =>
        Of(settings.Profile, settings.UidPolicy == UidPolicy.Retain ? settings.Options.Append(nameof(ProfileOptions.RetainUids)) : settings.Options);

    /// <summary>The profile of a name with options by their names, as manifests and projects have them.</summary>
    /// <exception cref="PacsbinException">InvalidProfile if a name is not known, or dates are to be both kept and moved.</exception>
    public static DeidentificationProfile Of(string name, IEnumerable<string> options)
    {
        var all = ProfileOptions.None;
        foreach (var option in options)
        {
            // Not by Enum.Parse, which takes numbers and lists too.
            all |= Enum.GetValues<ProfileOptions>().FirstOrDefault(o => o.ToString() == option) is var known and not ProfileOptions.None
                ? known
                : throw new PacsbinException(PacsbinError.InvalidProfile, "The profile has an option that this version does not know.");
        }

        var profile = name == Basic.Name ? Basic : name == Pacsbin.Name ? Pacsbin
            : throw new PacsbinException(PacsbinError.InvalidProfile, "This version does not know the profile.");
        return profile.With(all);
    }

    /// <summary>Adds options to the profile's own.</summary>
    /// <exception cref="PacsbinException">InvalidProfile if dates are to be both kept and moved.</exception>
    public DeidentificationProfile With(ProfileOptions options)
    {
        const ProfileOptions Dates = ProfileOptions.RetainFullDates | ProfileOptions.RetainModifiedDates;
        var all = Options | options;
        return (all & Dates) == Dates
            ? throw new PacsbinException(PacsbinError.InvalidProfile,
                $"RetainFullDates and RetainModifiedDates exclude each other (PS3.15 E.3.6); profile {Name} with {options} asks for both.")
            : new DeidentificationProfile(Name, all);
    }

    public override string ToString() => Options == ProfileOptions.None ? Name : $"{Name} ({Options})";
}
