using System.Collections.Frozen;
using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>A profile compiled to one action for every attribute of the data dictionary.</summary>
internal sealed class RuleTable
{
    /// <summary>Attributes outside the table whose text a person writes or a file system names, or that say who, where or which order.</summary>
    private static readonly FrozenDictionary<uint, ElementAction> Identifying = new Dictionary<uint, ElementAction>
    {
        [0x00041130] = ElementAction.Empty, // File-set ID
        [0x00041141] = ElementAction.Remove, // File-set Descriptor File ID
        [0x00041432] = ElementAction.ReplaceUid, // Private Record UID
        [0x00041500] = ElementAction.Remove, // Referenced File ID: names of files that are not copied under these names
        [0x0008041B] = ElementAction.Remove, // Record Key and Prior Record Key of an inventory
        [0x0008041C] = ElementAction.Remove,
        [0x00081167] = ElementAction.ReplaceUid, // Multi-frame Source SOP Instance UID
        [0x00083012] = ElementAction.ReplaceUid, // Radiopharmaceutical Administration Event UID
        [0x00100033] = ElementAction.Remove, // Patient's Birth Date in Alternative Calendar
        [0x00100034] = ElementAction.Remove, // Patient's Death Date in Alternative Calendar
        [0x00102295] = ElementAction.Remove, // Breed Registration Number
        [0x00181803] = ElementAction.Remove, // NTP Source Address
        [0x0018991E] = ElementAction.ReplaceUid, // Target Frame of Reference UID
        [0x00200242] = ElementAction.ReplaceUid, // SOP Instance UID of Concatenation Source
        [0x00209312] = ElementAction.ReplaceUid, // Volume Frame of Reference UID
        [0x00209313] = ElementAction.ReplaceUid, // Table Frame of Reference UID
        [0x00280304] = ElementAction.ReplaceUid, // Referenced Color Palette Instance UID
        [0x00400031] = ElementAction.Remove, // Local Namespace Entity ID
        [0x00400032] = ElementAction.Remove, // Universal Entity ID
        [0x00401006] = ElementAction.Remove, // Placer and Filler Order Number, in their retired forms
        [0x00401007] = ElementAction.Remove,
        [0x00402006] = ElementAction.Remove,
        [0x00402007] = ElementAction.Remove,
        [0x0040A021] = ElementAction.ReplaceUid, // Findings Group UID (Trial), and references to it
        [0x0040A022] = ElementAction.ReplaceUid,
        [0x0040A074] = ElementAction.Remove, // Object Binary Identifier (Trial), and those of a directory
        [0x0040A089] = ElementAction.Remove,
        [0x0040A160] = ElementAction.Dummy, // Text Value, outside the Content Sequence that the table replaces
        [0x0040A224] = ElementAction.Remove, // Identification Description (Trial)
        [0x0040A992] = ElementAction.Remove, // Uniform Resource Locator (Trial)
        [0x0040E001] = ElementAction.Remove, // HL7 Instance Identifier
        [0x0040E011] = ElementAction.ReplaceUid, // Retrieve Location, Repository and Home Community: places
        [0x0040E030] = ElementAction.ReplaceUid,
        [0x0040E031] = ElementAction.ReplaceUid,
        [0x00420010] = ElementAction.Empty, // Document Title
        [0x00420015] = ElementAction.Remove, // Encapsulated Document Length, of the document that was replaced
        [0x00440102] = ElementAction.ReplaceUid, // Assertion UID, and references to it
        [0x00440108] = ElementAction.ReplaceUid,
        [0x00687004] = ElementAction.ReplaceUid, // Model Group UID
        [0x00700081] = ElementAction.Empty, // Content Description
        [0x0070031B] = ElementAction.ReplaceUid, // Referenced Fiducial UID
        [0x00701209] = ElementAction.ReplaceUid, // Volumetric Presentation Input Set UID
        [0x00701904] = ElementAction.ReplaceUid, // Referenced Content Item
        [0x0072006F] = ElementAction.Dummy, // Selector UC Value and UI Value, as the table has the selectors of other VRs
        [0x0072007F] = ElementAction.ReplaceUid,
        [0x0074100C] = ElementAction.Remove, // Contact Display Name
        [0x04000500] = ElementAction.Remove, // Encrypted Attributes Sequence: an earlier de-identification's way back
        [0x04000520] = ElementAction.Remove, // Encrypted Content, outside that sequence too
        [0x20000050] = ElementAction.Remove, // Film Session Label
        [0x21000160] = ElementAction.Remove, // Owner ID
        [0x300A0675] = ElementAction.ReplaceUid, // Equipment Frame of Reference UID
        [0x40080103] = ElementAction.Remove, // Reference to Recorded Sound
        [0x40101007] = ElementAction.Remove, // what a traveller carries: Route Segment, Boarding Pass, Itinerary and Route IDs
        [0x4010101A] = ElementAction.Remove,
        [0x40101051] = ElementAction.Remove,
        [0x40101054] = ElementAction.Remove,
    }.ToFrozenDictionary();

    private static readonly Lazy<(string Tag, int Index, ElementAction Basic, string Options)[]> Rows = new(LoadRows);
    private readonly ElementAction[] actions = new ElementAction[DicomDictionary.Count];

    public RuleTable(ProfileOptions options)
    {
        Options = options;
        for (var index = 0; index < actions.Length; index++)
        {
            actions[index] = Unlisted(index, options);
        }

        // Private attributes and whole curve groups are decided by group, not by row; commands and file meta are in no stored data set.
        foreach (var (_, index, basic, row) in Rows.Value.Where(r => r.Index >= 0 && DicomDictionary.TagAt(r.Index).Group is not (0x0000 or 0x0002)))
        {
            actions[index] = ActionOf(DicomDictionary.VrAt(index), basic, row, options);
        }
    }

    public ProfileOptions Options { get; }

    /// <summary>Every row of the table, those for groups and for what is in no stored data set included, as the table itself has it.</summary>
    /// <returns>Eight hexadecimal digits with x for any, or PRIVATE; the index in the dictionary or -1; the action under the options.</returns>
    internal static IEnumerable<(string Tag, int Index, ElementAction Action)> Listed(ProfileOptions options) =>
        Rows.Value.Select(r => (r.Tag, r.Index, ActionOf(r.Index < 0 ? Vr.None : DicomDictionary.VrAt(r.Index), r.Basic, r.Options, options)));

    /// <summary>The action under the profile's options.</summary>
    public ElementAction ActionAt(int index) => actions[index];

    /// <summary>The same rules with one attribute kept, as if its rule had been forgotten: what a check of copies must notice.</summary>
    internal RuleTable Without(int index)
    {
        var faulty = new RuleTable(Options);
        faulty.actions[index] = ElementAction.Keep;
        return faulty;
    }

    /// <summary>Decides a composite action by the attribute's type: D for type 1, Z for 2, X for 3 where the code offers it (PS3.15 E.1.1).</summary>
    /// <param name="action">Any action; one that is not composite comes back.</param>
    /// <param name="type">1, 2 or 3; 0 if not known, which is answered by what keeps every IOD valid.</param>
    public static ElementAction Resolve(ElementAction action, int type) => (action, type) switch
    {
        (ElementAction.RemoveOrEmpty, 3) => ElementAction.Remove,
        (ElementAction.RemoveOrEmpty, _) => ElementAction.Empty,
        (ElementAction.RemoveOrDummy, 3) => ElementAction.Remove,
        (ElementAction.RemoveOrDummy, _) => ElementAction.Dummy,
        (ElementAction.RemoveEmptyOrDummy, 3) => ElementAction.Remove,
        (ElementAction.RemoveEmptyOrDummy, 2) => ElementAction.Empty,
        (ElementAction.RemoveEmptyOrDummy, _) => ElementAction.Dummy,
        (ElementAction.EmptyOrDummy, 2 or 3) => ElementAction.Empty,
        (ElementAction.EmptyOrDummy, _) => ElementAction.Dummy,
        (ElementAction.RemoveEmptyOrUid, 3) => ElementAction.Remove,
        (ElementAction.RemoveEmptyOrUid, 2) => ElementAction.Empty,
        (ElementAction.RemoveEmptyOrUid, _) => ElementAction.ReplaceUid,
        _ => action,
    };

    /// <summary>The rules for attributes that the table does not list: kept, except what names people, points elsewhere or is a date.</summary>
    private static ElementAction Unlisted(int index, ProfileOptions options)
    {
        var tag = DicomDictionary.TagAt(index);
        if (IsGraphicGroup(tag) || IsRetiredImage(index, tag) || tag.Group is 0x0000 or 0x0002)
        {
            return ElementAction.Remove;
        }

        if (Identifying.TryGetValue(tag.Value, out var action))
        {
            return action == ElementAction.ReplaceUid && options.HasFlag(ProfileOptions.RetainUids) ? ElementAction.Keep : action;
        }

        return DicomDictionary.VrAt(index) switch
        {
            Vr.PN or Vr.AE => ElementAction.Remove,
            Vr.UN => ElementAction.Remove, // retired, and the standard no longer says what it meant
            Vr.UR when tag.Value is not (0x0008010E or 0x00080120) => ElementAction.Remove, // a coding scheme's URL and a URN code are no link to data
            Vr.DA or Vr.DT or Vr.TM when options.HasFlag(ProfileOptions.RetainFullDates) => ElementAction.Keep,
            Vr.DA or Vr.DT or Vr.TM when options.HasFlag(ProfileOptions.RetainModifiedDates) => ElementAction.ShiftDate,
            Vr.DA or Vr.DT or Vr.TM => ElementAction.Empty,
            var vr when vr.IsText() && DicomDictionary.EntryAt(index).Keyword.Contains("Comment", StringComparison.Ordinal) => ElementAction.Remove,
            _ => ElementAction.Keep,
        };
    }

    /// <summary>Curves, and overlays: without their data, which the table removes, the rest of the group describes nothing but may name the patient.</summary>
    private static bool IsGraphicGroup(Tag tag) => (tag.Group & 0xFF00) is 0x5000 or 0x6000;

    /// <summary>Compressed images of ACR-NEMA and variable pixel data, all retired: pixels that nobody looks at, in groups that hold anything.</summary>
    private static bool IsRetiredImage(int index, Tag tag) =>
        tag.Group is 0x1000 or 0x1010 || ((tag.Group & 0xFF00) == 0x7F00 && DicomDictionary.EntryAt(index).IsRetired);

    private static ElementAction ActionOf(Vr vr, ElementAction basic, string row, ProfileOptions options)
    {
        // Column order of the table: safe private, UIDs, device, institution, patient characteristics, full dates, modified dates,
        // descriptors, structured content, graphics. K wins over the basic action. C does where the option says how to clean a
        // value of this kind: dates. Elsewhere (text, AE titles) there is no telling what identifies, and the basic action stays.
        var isKept = (options.HasFlag(ProfileOptions.RetainUids) && row[1] == 'K')
            || (options.HasFlag(ProfileOptions.RetainDeviceIdentity) && row[2] == 'K')
            || (options.HasFlag(ProfileOptions.RetainInstitutionIdentity) && row[3] == 'K')
            || (options.HasFlag(ProfileOptions.RetainPatientCharacteristics) && row[4] == 'K')
            || (options.HasFlag(ProfileOptions.RetainFullDates) && row[5] == 'K');
        if (row[6] == 'C' && options.HasFlag(ProfileOptions.RetainModifiedDates) && vr is (Vr.DA or Vr.DT or Vr.TM or Vr.SH))
        {
            return ElementAction.ShiftDate; // also where the device option would keep it: a patient's dates all move together
        }

        if (isKept)
        {
            return ElementAction.Keep;
        }

        return options.HasFlag(ProfileOptions.CleanGraphics) && row[9] == 'C' ? ElementAction.Remove : basic;
    }

    private static (string Tag, int Index, ElementAction Basic, string Options)[] LoadRows()
    {
        using var reader = new StreamReader(typeof(RuleTable).Assembly.GetManifestResourceStream("table-e1-1.tsv")!);
        List<(string, int, ElementAction, string)> rows = [];
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            var index = uint.TryParse(fields[0].Replace('x', '0'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag)
                ? DicomDictionary.IndexOf(new Tag(tag))
                : -1;
            rows.Add((fields[0], index, Parse(fields[1]), fields[2]));
        }

        return [.. rows];
    }

    private static ElementAction Parse(string code) => code switch
    {
        "X" => ElementAction.Remove,
        "Z" => ElementAction.Empty,
        "D" => ElementAction.Dummy,
        "U" => ElementAction.ReplaceUid,
        "X/Z" => ElementAction.RemoveOrEmpty,
        "X/D" => ElementAction.RemoveOrDummy,
        "X/Z/D" => ElementAction.RemoveEmptyOrDummy,
        "Z/D" => ElementAction.EmptyOrDummy,
        "X/Z/U*" => ElementAction.RemoveEmptyOrUid,
        _ => throw new InvalidDataException($"Table E.1-1 has no action {code}."),
    };
}
