using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>A row of Table E.1-1 as the shared folder has it.</summary>
/// <param name="Tag">The attribute; of the two rows for groups, one attribute of such a group.</param>
/// <param name="Vr">The first VR of PS3.6.</param>
/// <param name="Basic">The action of the Basic Profile.</param>
/// <param name="Columns">The option columns by their names.</param>
internal sealed record ProfileRow(Tag Tag, string Vr, string Basic, IReadOnlyDictionary<string, string> Columns)
{
    private static readonly (ProfileOptions Option, string Column)[] Keeping =
    [
        (ProfileOptions.RetainUids, "rtn_uids"),
        (ProfileOptions.RetainDeviceIdentity, "rtn_dev_id"),
        (ProfileOptions.RetainInstitutionIdentity, "rtn_inst_id"),
        (ProfileOptions.RetainPatientCharacteristics, "rtn_pat_chars"),
        (ProfileOptions.RetainFullDates, "rtn_long_full_dates"),
    ];

    /// <summary>The single letter that the row comes to: X, Z, D, U, K, or C for a date that moves.</summary>
    /// <param name="options">The profile.</param>
    /// <param name="type">1, 2 or 3 in the IOD; 0 if not known.</param>
    public char Action(ProfileOptions options, int type)
    {
        if (Tag.Group is 0x0000 or 0x0002)
        {
            return 'X'; // PS3.10 7.1: neither group is part of a stored data set
        }

        if (options.HasFlag(ProfileOptions.RetainModifiedDates) && Columns["rtn_long_mod_dates"] == "C" && Vr is ("DA" or "DT" or "TM" or "SH"))
        {
            return 'C'; // also where another option keeps it: a patient's dates move together
        }

        if (Keeping.Any(k => options.HasFlag(k.Option) && Columns[k.Column] == "K"))
        {
            return 'K';
        }

        if (options.HasFlag(ProfileOptions.CleanGraphics) && Columns["clean_graph"] == "C")
        {
            return 'X';
        }

        // PS3.15 E.1.1: D where a value is required, Z where it may be empty, X where it may be absent; D over Z over X otherwise.
        var offered = Basic.Replace("U*", "U", StringComparison.Ordinal).Split('/').Select(a => a[0]).ToArray();
        return type switch
        {
            3 => offered[0],
            2 => offered.FirstOrDefault(a => a == 'Z', offered[^1]),
            _ => offered[^1],
        };
    }
}

/// <summary>The tables of the shared folder that say what becomes of an attribute.</summary>
internal static class ProfileTable
{
    private static readonly Lazy<IReadOnlyList<ProfileRow>> Loaded = new(Load);
    private static readonly Lazy<Dictionary<(string SopClass, string Path), int>> LoadedTypes = new(() =>
        Csv.Read(TestData.RequireShared("standard", "composite-action-types.csv"))
            .ToDictionary(r => (r["sop_class_uid"], r["tag_path"]), r => r["type_strictest"][0] - '0'));

    /// <summary>All rows but that for private attributes.</summary>
    public static IReadOnlyList<ProfileRow> Rows
    {
        get
        {
            TestData.RequireShared("standard", "ps3.15-e1-1.csv");
            return Loaded.Value;
        }
    }

    /// <summary>The types of composite attributes by SOP Class and path; conditional ones count as met.</summary>
    public static IReadOnlyDictionary<(string SopClass, string Path), int> Types
    {
        get
        {
            TestData.RequireShared("standard", "composite-action-types.csv");
            return LoadedTypes.Value;
        }
    }

    private static List<ProfileRow> Load()
    {
        var vrs = Csv.Read(TestData.RequireShared("standard", "ps3.6-dictionary.csv")).ToDictionary(r => r["tag"], r => r["vr"]);
        var rows = new List<ProfileRow>();
        foreach (var row in Csv.Read(TestData.RequireShared("standard", "ps3.15-e1-1.csv")).Where(r => r["tag"] != "PRIVATE"))
        {
            var tag = row["tag"] switch { "50xxxxxx" => "50043000", var t => t.Replace('x', '0') };
            Assert.True(Tag.TryParse(tag, out var parsed));
            var vr = vrs.TryGetValue(row["tag"], out var known) ? known[..2] : parsed.Group == 0 ? "UI" : "OB";
            rows.Add(new ProfileRow(parsed, vr, row["basic"], row));
        }

        return rows;
    }
}
