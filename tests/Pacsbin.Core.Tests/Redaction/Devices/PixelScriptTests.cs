using Pacsbin.Redaction;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Redaction.Devices;

public sealed class PixelScriptTests
{
    [Fact]
    public void A_script_has_text_filters_and_regions()
    {
        var library = DeviceLibrary.Parse("""
            Our devices, see the wiki (2024), a) first
            ****
              US
            ****
            ACME  Scan 3 (rev. 2)
              { Manufacturer.equals("ACME {3}") * // the third
                Modality.equals("US") }
              (0,0,800,60) ( -100 , -20 , 100 , 20 ),
              (+1,2,
               3,4)
            second top (see note), then (5,6,7,8) and no more
            { Modality.equals("CT") }(0,0,512,110)
            {Modality.equals("MR")} nothing to erase
            """);
        Assert.Equal(["ACME  Scan 3 (rev. 2)", "and no more", "and no more"], library.Signatures.Select(s => s.Name));
        Assert.Equal([6, 12, 13], library.Signatures.Select(s => s.Line));
        Assert.Equal(["0,0,800,60", "-100,-20,100,20", "1,2,3,4", "5,6,7,8"], library.Signatures[0].Regions.Select(r => r.ToString()));
        Assert.All(library.Signatures.SelectMany(s => s.Regions), region => Assert.True(region is { Clip: true, Outside: false, Shape: RegionShape.Rectangle }));
        Assert.Equal("Modality.equals(\"MR\")", library.Signatures[2].Filter.Text);
        var problem = Assert.Single(library.Problems);
        Assert.Equal((13, 1), (problem.Line, problem.Column));
    }

    [Fact]
    public void The_first_signature_that_matches_wins()
    {
        var library = DeviceLibrary.Parse("a {Modality.equals(\"US\")}(0,0,1,1) b {Rows.equals(\"600\")}(0,0,2,2) c {Modality.equals(\"US\")}(0,0,3,3)");
        Assert.Equal("a", library.Match(Attributes.Of(("Modality", "US"), ("Rows", "600")), null)?.Name);
        Assert.Equal("b", library.Match(Attributes.Of(("Modality", "CT"), ("Rows", "600")), null)?.Name);
        Assert.Null(library.Match(Attributes.Of(("Modality", "CT")), null));
        Assert.Equal("Line 1, column 70: An earlier signature has the same filter; this one is never used.", Assert.Single(library.Problems).ToString());
    }

    [Fact]
    public void Exact_erases_one_column_and_row_more_as_CTP_does()
    {
        const string Script = "{true.}(2,3,4,2)(0,0,2147483647,1)";
        Assert.Equal(["2,3,4,2", "0,0,2147483647,1"], DeviceLibrary.Parse(Script).Signatures[0].Regions.Select(r => r.ToString()));
        Assert.Equal(["2,3,5,3", "0,0,2147483647,2"], DeviceLibrary.Parse(Script, exact: true).Signatures[0].Regions.Select(r => r.ToString()));
        Assert.Equal("0,0,1,6", DeviceLibrary.Parse("{true.}(0,0,0,5)", exact: true).Signatures[0].Regions[0].ToString());
        Assert.NotEqual(DeviceLibrary.Parse(Script).Fingerprint, DeviceLibrary.Parse(Script, exact: true).Fingerprint);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("no signature\nhere", 2, 5)]
    [InlineData("{true.\n(0,0,1,1)", 1, 1)]
    [InlineData("{true.}(0,0,1,1)\n{true.", 2, 1)]
    [InlineData("{true. {false.}}", 1, 8)]
    [InlineData("a } {true.}(0,0,1,1)", 1, 3)]
    [InlineData("{true.}(0,0,1,1)}", 1, 17)]
    [InlineData("{}(0,0,1,1)", 1, 2)]
    [InlineData("{ }(0,0,1,1)", 1, 2)]
    [InlineData("x\r\n { Modality.is(\"CT\") }(0,0,1,1)", 2, 13)]
    [InlineData("{ Modality.equals(\"CT) }\n(0,0,1,1)", 1, 19)]
    [InlineData("{ Modallity.equals(\"CT\") }(0,0,1,1)", 1, 3)]
    [InlineData("{true.}\n (0,0,512)", 2, 2)]
    [InlineData("{true.}(0,0,512,2O)", 1, 8)]
    [InlineData("{true.}(0,0,512,200,1)", 1, 8)]
    [InlineData("{true.}(0,0,512,)", 1, 8)]
    [InlineData("{true.}()", 1, 8)]
    [InlineData("{true.}(see note)", 1, 8)]
    [InlineData("{true.}(0 0 512 200)", 1, 8)]
    [InlineData("{true.}(0,0,1.5,2)", 1, 8)]
    [InlineData("{true.}(0,0,99999999999,2)", 1, 8)]
    [InlineData("{true.}(0,0,0,2)", 1, 8)]
    [InlineData("{true.}(0,0,2,-1)", 1, 8)]
    [InlineData("{true.}(0,0,1,1)\n\n(0,0,1,l)", 3, 1)]
    [InlineData("{true.}(0,0,1,1); (0,0,1)", 1, 19)]
    [InlineData("{true.} top (0,0,512,2O)", 1, 13)]
    [InlineData("{true.} top (0,0,512)", 1, 13)]
    [InlineData("{true.} top ( -1,0,0)", 1, 13)]
    [InlineData("{true.}(0,0,1,1", 1, 8)]
    [InlineData("{true.}(0,0,100,20) (x,30,100,20)", 1, 21)]
    [InlineData("{true.}(0,0,100,20) [0,30,100,20]", 1, 21)]
    [InlineData("{true.}(0,0,100,20) 0,30,100,20", 1, 21)]
    [InlineData("{true.}(0,0,100,20) 0;30;100;20", 1, 21)]
    [InlineData("{true.}(0,0,100,20) x,30,100,20", 1, 21)]
    [InlineData("{true.}(0,0,100,20), and [0,30,100,20] \n{false.}(0,0,1,1)", 1, 20)]
    [InlineData("{true.}(0,0,100,20) \uFF080,30,100,20\uFF09", 1, 21)]
    [InlineData("{true.}(0,0,100,20) \uFF08\uFF10\uFF0C\uFF13\uFF0C\uFF11\uFF0C\uFF12\uFF09", 1, 21)]
    [InlineData("{true.}(0,0,100,20)\n  [0,30,100,20]", 2, 3)]
    [InlineData("{true.}(0,0,100,20)\r\n0,30,100,20\r\n", 2, 1)]
    [InlineData("{true.} [0,0,100,20]\n(0,30,100,20)", 1, 9)]
    [InlineData("{true.} (note) [0,0,100,20]\n(0,30,100,20)", 1, 9)]
    [InlineData("{true.}(0,0,1,1 {false.}(0,0,1,1)", 1, 8)]
    [InlineData("{true.}((0,0,1,1)", 1, 8)]
    [InlineData("{true.}(0,0,1,1))", 1, 17)]
    [InlineData("{true.}(0,0,1,1) 0,0,5,5)", 1, 25)]
    [InlineData("{true.} note (and more", 1, 14)]
    [InlineData("(0,0,1,1) {true.}(0,0,1,1)", 1, 1)]
    [InlineData("[{\"format\":\"pacsbin-devices/1\"}]", 1, 3)]
    public void What_would_leave_images_unredacted_is_an_error_with_line_and_column(string script, int line, int column)
    {
        var error = Assert.Throws<PacsbinException>(() => DeviceLibrary.Parse(script));
        Assert.Equal(PacsbinError.InvalidScript, error.Error);
        Assert.StartsWith($"Line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{true.}(0,0,1,1) iU22 (5.1, 5.2)", true)]
    [InlineData("{true.}(0,0,1,1) iU22 (see note 3)", true)]
    [InlineData("{true.}(0,0,1,1) iU22 (see note)", false)]
    public void Other_text_in_parentheses_is_free_text_and_a_problem_if_it_has_digits(string script, bool isProblem)
    {
        var library = DeviceLibrary.Parse(script);
        Assert.Single(library.Signatures[0].Regions);
        Assert.Equal(isProblem ? 1 : 0, library.Problems.Count);
    }

    [Theory]
    [InlineData("{true.}(0,0,1,1) [0 30 100 20]\n", 1)]
    [InlineData("{true.}(0,0,1,1) 30,100\n", 1)]
    [InlineData("{true.}(0,0,1,1) // iU22\n", 0)]
    [InlineData("{true.}(0,0,1,1) top, left\n", 0)]
    [InlineData("{true.}(0,0,1,1)\nACME 3, 800x600, 2003\n{false.}(0,0,1,1)", 0)]
    public void Numbers_outside_parentheses_are_a_problem_if_they_may_be_a_region(string script, int problems)
    {
        Assert.Equal(problems, DeviceLibrary.Parse(script).Problems.Count);
        Assert.Equal(problems, DeviceLibrary.Parse(script, exact: true).Problems.Count);
    }

    [Theory]
    [InlineData("{true.}(0,0,100,20) [0,30,100,20]")]
    [InlineData("{true.}(0,0,100,20)\n[0,30,100,20]")]
    public void Exact_passes_over_numbers_outside_parentheses_as_CTP_does_and_says_so(string script)
    {
        var library = DeviceLibrary.Parse(script, exact: true);
        Assert.Single(library.Signatures[0].Regions);
        Assert.Single(library.Problems);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no signature\nhere")]
    public void Exact_refuses_a_library_of_nothing_too(string script) =>
        Assert.Equal(PacsbinError.InvalidScript, Assert.Throws<PacsbinException>(() => DeviceLibrary.Parse(script, exact: true)).Error);

    [Fact]
    public void Exact_takes_a_malformed_filter_as_false_and_says_so()
    {
        var library = DeviceLibrary.Parse("{ Modality = CT }(0,0,1,1) {}(0,0,1,1) {true.}(0,0,2,2)", exact: true);
        Assert.Equal(2, library.Problems.Count);
        Assert.Same(library.Signatures[2], library.Match(Attributes.Of(), null));
        Assert.Throws<PacsbinException>(() => DeviceLibrary.Parse("{true.}(0,0,1)", exact: true));
    }

    [Fact]
    public void A_library_has_at_most_10000_signatures()
    {
        static string Script(int count) => string.Concat(Enumerable.Repeat("{true.}(0,0,1,1)\n", count));
        Assert.Equal(10_000, DeviceLibrary.Parse(Script(10_000)).Signatures.Count);
        Assert.StartsWith("Line 10001, column 1: ", Assert.Throws<PacsbinException>(() => DeviceLibrary.Parse(Script(10_001))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_what_can_be_printed_of_64_characters()
    {
        var script = $"\u202Eab\u0007c\t{new string('x', 100)}\n***\n{{true.}}(0,0,1,1)\n\n{{false.}}(0,0,1,1)";
        Assert.Equal(["abc" + new string('x', 61), "abc" + new string('x', 61)], DeviceLibrary.Parse(script).Signatures.Select(s => s.Name));
        Assert.Equal("unnamed", DeviceLibrary.Parse("***\n{true.}(0,0,1,1)").Signatures[0].Name);
    }
}
