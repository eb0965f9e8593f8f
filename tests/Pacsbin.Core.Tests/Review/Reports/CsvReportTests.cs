using System.Text.Json;
using Pacsbin.Review.Reports;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

public sealed class CsvReportTests : ReportingTests
{
    public static TheoryData<string> Formulas =>
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "\"=1+1\"", "a,b\"c\r\nd;e", "'=1", "\uFF1D1+1", "", "山田"];

    [Theory, MemberData(nameof(Formulas))]
    public void Cell_that_a_spreadsheet_would_take_for_a_formula_begins_with_an_apostrophe(string reviewer)
    {
        Source.WithStudy(1, 2);
        Run();
        Change(m => Approve(m, reviewer) with { Project = reviewer });
        var rows = Rows();
        var expected = reviewer.ReplaceLineEndings("\n");
        expected = expected.Length > 0 && "=+-@\t\n\uFF1D".Contains(expected[0], StringComparison.Ordinal) ? "'" + expected : expected;
        Assert.Equal(2, rows.Count);
        Assert.All(rows, r => Assert.Equal((expected, expected), (r["Reviewer"], r["Project"])));
    }

    [Fact]
    public void Region_that_begins_with_a_minus_is_no_formula()
    {
        Source.WithStudy(1, 1);
        Run();
        ChangeFile(f => f with { Regions = [new(-1, -2, 1, 1)] });
        Assert.Equal("'-1,-2,1,1", Rows()[0]["Regions"]);
    }

    [Fact]
    public void Every_line_has_all_columns()
    {
        Source.WithStudy(1, 3);
        Run();
        var text = Report(ReportFormat.Csv)!;
        Assert.Equal((byte[])[0xEF, 0xBB, 0xBF], File.ReadAllBytes(ReportPath)[..3]);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(Rows(), r => Assert.Equal(23, r.Count));
    }

    /// <summary>The rows as Python's reader has them.</summary>
    private List<Dictionary<string, string>> Rows()
    {
        Report(ReportFormat.Csv);
        const string Script = "import csv,json,sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf-8-sig', newline=''), strict=True))))";
        var result = Peer.Run(Peer.Python, ["-c", Script, ReportPath]);
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
        return JsonSerializer.Deserialize<List<Dictionary<string, string>>>(result.Output)!;
    }
}
