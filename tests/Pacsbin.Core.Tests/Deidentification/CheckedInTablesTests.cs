using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>The compact tables in the product say what the standard's tables say.</summary>
public class CheckedInTablesTests
{
    private static readonly string[] OptionColumns =
    [
        "rtn_safe_priv", "rtn_uids", "rtn_dev_id", "rtn_inst_id", "rtn_pat_chars", "rtn_long_full_dates", "rtn_long_mod_dates", "clean_desc", "clean_struct_cont", "clean_graph",
    ];

    [Fact]
    public void Table_e1_1_has_all_657_rows_cell_by_cell()
    {
        var expected = Csv.Read(TestData.RequireShared("standard", "ps3.15-e1-1.csv"))
            .Select(r => $"{r["tag"]}\t{r["basic"]}\t{string.Concat(OptionColumns.Select(c => r[c] is "" ? "." : r[c]))}")
            .ToList();
        Assert.Equal(657, expected.Count);
        Assert.Equal(expected, Lines("table-e1-1.tsv"));
    }

    [Fact]
    public void Safe_private_attributes_are_all_479()
    {
        var expected = Csv.Read(TestData.RequireShared("standard", "safe-private.csv"))
            .Select(r => $"{r["private_creator"]}\t{r["tag"].Replace("xx", "", StringComparison.Ordinal)}\t{r["vr"]}\t{r["vm"]}")
            .ToList();
        Assert.Equal(479, expected.Count);
        Assert.Equal(expected, Lines("safe-private.tsv"));
    }

    [Fact]
    public void Composite_types_are_those_of_all_rows_for_standard_classes_and_no_others()
    {
        var types = StandardTypes();
        Assert.Equal(9186, ProfileTable.Types.Count);
        Assert.Equal(9011, types.Count);
        var wrong = types.Where(t => AttributeTypes.TypeOf(AttributeTypes.SopClassIndex(t.Key.SopClass), Path(t.Key.Path)) != t.Value);
        Assert.Empty(wrong);

        // Each line of the product's table is a path, a type and ranges of SOP Classes.
        var lines = Lines("composite-types.tsv");
        var stated = lines.Skip(1).Sum(line => line.Split('\t')[2].Split(' ').Sum(range =>
        {
            var ends = range.Split('-').Select(int.Parse).ToArray();
            return ends[^1] - ends[0] + 1;
        }));
        Assert.Equal(types.Count, stated);
    }

    [Fact]
    public void Paths_of_composite_types_do_not_share_a_hash()
    {
        // If two did, one SOP Class or another would show a type at a path that is not its own.
        var types = StandardTypes();
        var paths = types.Keys.Select(k => k.Path).Distinct(StringComparer.Ordinal).ToList();
        foreach (var sopClass in types.Keys.Select(k => k.SopClass).Distinct(StringComparer.Ordinal))
        {
            var index = AttributeTypes.SopClassIndex(sopClass);
            Assert.All(paths, path => Assert.Equal(types.GetValueOrDefault((sopClass, path)), AttributeTypes.TypeOf(index, Path(path))));
        }
    }

    /// <summary>Without three private SOP Classes of one maker's tools, which count as unknown.</summary>
    private static Dictionary<(string SopClass, string Path), int> StandardTypes() =>
        ProfileTable.Types.Where(t => t.Key.SopClass.StartsWith("1.2.840.10008.", StringComparison.Ordinal)).ToDictionary();

    private static Tag[] Path(string path) => [.. path.Split('>').Select(t => Tag.TryParse(t, out var tag) ? tag : default)];

    private static List<string> Lines(string resource)
    {
        using var reader = new StreamReader(typeof(Deidentifier).Assembly.GetManifestResourceStream(resource)!);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
