using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>PS3.15 Table E.1-1, every row: the expectations come from the standard's table, not from the product's.</summary>
public class TableE11Tests
{
    private const string Ct = "1.2.840.10008.5.1.4.1.1.2";

    /// <summary>Referenced Series Sequence: not in the table, so it is kept and walked.</summary>
    private const uint Kept = 0x00081115;

    private static readonly PatientKey Patient = new("", Originals.Text);

    public static TheoryData<string, ProfileOptions> Profiles
    {
        get
        {
            var data = new TheoryData<string, ProfileOptions>();
            foreach (var option in Enum.GetValues<ProfileOptions>())
            {
                data.Add("Basic", option);
            }

            data.Add("Pacsbin", ProfileOptions.None);
            data.Add("Pacsbin", ProfileOptions.RetainUids | ProfileOptions.RetainDeviceIdentity | ProfileOptions.RetainPatientCharacteristics);
            data.Add("Basic", ProfileOptions.RetainFullDates | ProfileOptions.RetainInstitutionIdentity | ProfileOptions.CleanGraphics);
            return data;
        }
    }

    public static TheoryData<string, string> SopClasses => new()
    {
        { "CT", Ct },
        { "MR", "1.2.840.10008.5.1.4.1.1.4" },
        { "US", "1.2.840.10008.5.1.4.1.1.6.1" },
        { "SC", "1.2.840.10008.5.1.4.1.1.7" },
        { "Comprehensive SR", "1.2.840.10008.5.1.4.1.1.88.33" },
        { "RT Plan", "1.2.840.10008.5.1.4.1.1.481.5" },
        { "Enhanced MR", "1.2.840.10008.5.1.4.1.1.4.1" },
        { "unknown", "1.2.826.0.1.3680043.99.1000" },
    };

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Each_row_alone_gets_its_action_at_the_root_and_in_a_sequence(string name, ProfileOptions options)
    {
        var profile = ProfileNamed(name).With(options);
        Assert.Equal(656, ProfileTable.Rows.Count); // and PRIVATE, which SafePrivateTests see to
        AssertNone(ProfileTable.Rows.SelectMany(row => Faults(profile, Ct, [row])));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void All_rows_together_get_their_actions_at_the_root_and_in_a_sequence(string name, ProfileOptions options)
    {
        var profile = ProfileNamed(name).With(options);
        AssertNone(Faults(profile, Ct, ProfileTable.Rows));
    }

    [Theory]
    [MemberData(nameof(SopClasses))]
    public void All_rows_together_get_their_actions_in_each_kind_of_instance(string kind, string sopClass)
    {
        Assert.NotEmpty(kind);
        AssertNone(Faults(DeidentificationProfile.Basic, sopClass, ProfileTable.Rows));
        AssertNone(Faults(DeidentificationProfile.Pacsbin, sopClass, ProfileTable.Rows));
    }

    [Theory]
    [MemberData(nameof(SopClasses))]
    public void Composite_actions_follow_the_type_at_each_path_of_the_iod(string kind, string sopClass)
    {
        var rows = ProfileTable.Rows.ToDictionary(r => r.Tag);
        var paths = ProfileTable.Types.Where(t => t.Key.SopClass == sopClass).ToList();
        Assert.Equal(kind == "unknown", paths.Count == 0);
        var faults = new List<string>();
        var assertion = new RowAssertion(ProfileOptions.None, Patient);
        foreach (var ((_, path), type) in paths)
        {
            var tags = path.Split('>').Select(t => Tag.TryParse(t, out var tag) ? tag : default).ToArray();
            var removed = Array.FindIndex(tags, 0, tags.Length - 1, rows.ContainsKey);
            var file = Nested(sopClass, tags, rows[tags[^1]].Vr);
            using var copy = Deidentified.Open(file, DeidentificationProfile.Basic, Patient);
            var dataset = copy.Dataset;
            for (var i = 0; i < (removed < 0 ? tags.Length - 1 : removed); i++)
            {
                dataset = dataset.Item(tags[i].Value);
            }

            if (removed >= 0)
            {
                // A sequence that the table acts on has none of what it held, whatever the types inside.
                if (rows[tags[removed]].Basic == "X" && dataset.Contains(tags[removed]))
                {
                    faults.Add($"{path}: {tags[removed]} is there");
                }
            }
            else if (assertion.Fault(rows[tags[^1]], dataset, type) is { } fault)
            {
                faults.Add($"{path}: {fault}");
            }
        }

        AssertNone(faults);
    }

    [Fact]
    public void Media_storage_uid_of_the_file_meta_group_is_the_new_instance_uid()
    {
        var file = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii(Ct)).Element(0x00080018, "UI", Originals.Of("UI")).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        Assert.Equal(Deidentified.UidOf(Originals.Uid), copy.FileMeta.Text(0x00020003));
        using var kept = Deidentified.Open(file, DeidentificationProfile.Basic.With(ProfileOptions.RetainUids));
        Assert.Equal(Originals.Uid, kept.FileMeta.Text(0x00020003));
    }

    private static List<string> Faults(DeidentificationProfile profile, string sopClass, IReadOnlyList<ProfileRow> rows)
    {
        var ordered = rows.OrderBy(r => r.Tag).ToList();
        var file = new DicomBuilder();
        var content = new DicomBuilder();
        var before = ordered.Where(r => r.Tag.Value < Kept).ToList();
        before.Where(r => r.Tag.Value < 0x00080016).ToList().ForEach(r => file.Original(r.Tag, r.Vr));
        file.Element(0x00080016, "UI", Originals.Ascii(sopClass));
        before.Where(r => r.Tag.Value > 0x00080016).ToList().ForEach(r => file.Original(r.Tag, r.Vr));
        file.Sequence(Kept, undefined: true, item => ordered.ForEach(r => item.Original(r.Tag, r.Vr)));
        ordered.Where(r => r.Tag.Value > Kept).ToList().ForEach(r => file.Original(r.Tag, r.Vr));

        var patient = rows.Count > 1 ? new PatientKey("ORIGINAL", "ORIGINAL") : Patient;
        using var copy = Deidentified.Open(file.ToFile(), profile, patient);
        var assertion = new RowAssertion(profile.Options, patient);
        var faults = new List<string>();
        foreach (var row in rows)
        {
            AddFault(row, copy.Dataset, $"{row.Tag.Value:X8}", "");
            AddFault(row, copy.Dataset.Item(Kept), $"{Kept:X8}>{row.Tag.Value:X8}", "nested ");
        }

        return faults;

        void AddFault(ProfileRow row, DicomDataset dataset, string path, string where)
        {
            if (assertion.Fault(row, dataset, ProfileTable.Types.GetValueOrDefault((sopClass, path))) is { } fault)
            {
                faults.Add(where + fault);
            }
        }
    }

    private static byte[] Nested(string sopClass, Tag[] path, string vr)
    {
        var file = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii(sopClass));
        Add(file, 0);
        return file.ToFile();

        void Add(DicomBuilder builder, int depth)
        {
            if (depth == path.Length - 1)
            {
                builder.Original(path[depth], vr);
            }
            else
            {
                builder.Sequence(path[depth].Value, undefined: true, item => Add(item, depth + 1));
            }
        }
    }

    private static DeidentificationProfile ProfileNamed(string name) =>
        name == "Basic" ? DeidentificationProfile.Basic : DeidentificationProfile.Pacsbin;

    private static void AssertNone(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, $"{all.Count} faults:\n{string.Join('\n', all.Take(40))}");
    }
}
