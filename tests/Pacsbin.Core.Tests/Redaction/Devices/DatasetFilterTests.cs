using System.Diagnostics;
using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Redaction.Devices;

public sealed class DatasetFilterTests
{
    private static readonly DicomDataset Sample = MakeSample();
    private static readonly DicomDataset FileMeta = Attributes.Of(("ImplementationVersionName", "MINDRAY_2"));

    [Theory]
    [InlineData("true.", true)]
    [InlineData("false.", false)]
    [InlineData("!true.", false)]
    [InlineData("!!true.", true)]
    [InlineData("true. + false. * false.", true)]
    [InlineData("(true. + false.) * false.", false)]
    [InlineData("false. * false. + true.", true)]
    [InlineData("!false. * true.", true)]
    [InlineData("!true. + true.", true)]
    [InlineData("!(true. + true.)", false)]
    [InlineData("! ( true. * false. )", true)]
    [InlineData("!true. * false. + !false. * true.", true)]
    [InlineData("true. * true. * true. * false.", false)]
    [InlineData("false. + false. + false. + true.", true)]
    [InlineData("((((true.))))", true)]
    [InlineData("  true .  ", true)]
    [InlineData("true. // * false.", true)]
    [InlineData("// all\r\ntrue. * // both\n true.", true)]
    public void Not_binds_before_and_binds_before_or(string filter, bool expected) => Assert.Equal(expected, Matches(filter));

    [Theory]
    [InlineData("Manufacturer.equals(\"Philips Medical\")", true)]
    [InlineData("Manufacturer.equals(\"philips medical\")", false)]
    [InlineData("Manufacturer.equalsIgnoreCase(\"philips medical\")", true)]
    [InlineData("Manufacturer.contains(\"lips M\")", true)]
    [InlineData("Manufacturer.contains(\"LIPS\")", false)]
    [InlineData("Manufacturer.containsIgnoreCase(\"LIPS\")", true)]
    [InlineData("Manufacturer.containsIgnoreCase(\"\")", true)]
    [InlineData("Manufacturer.containsIgnoreCase(\"Philips Medical Systems\")", false)]
    [InlineData("PatientName.containsIgnoreCase(\"MÜLLER^jÖ\")", true)]
    [InlineData("Columns.containsIgnoreCase(\"\")", true)]
    [InlineData("Columns.containsIgnoreCase(\"5\")", false)]
    [InlineData("Manufacturer.startsWith(\"Phil\")", true)]
    [InlineData("Manufacturer.startsWith(\"phil\")", false)]
    [InlineData("Manufacturer.startsWithIgnoreCase(\"phil\")", true)]
    [InlineData("Manufacturer.endsWith(\"cal\")", true)]
    [InlineData("Manufacturer.endsWith(\"CAL\")", false)]
    [InlineData("Manufacturer.endsWithIgnoreCase(\"CAL\")", true)]
    [InlineData("Manufacturer.matches(\"Philips\")", false)]
    [InlineData("Manufacturer.matches(\"Philips|Medical\")", false)]
    [InlineData("Manufacturer.matches(\".*lips\\s\\w+\")", true)]
    [InlineData("Manufacturer.matches(\"(?i)PHILIPS.*\")", true)]
    [InlineData("Manufacturer.matches(\"(?!GE).*\")", true)]
    [InlineData("Manufacturer.matches(\"(?!Phil).*\")", false)]
    [InlineData("Manufacturer.contains (\"Philips\")", true)]
    [InlineData("Manufacturer.contains( \"Philips\" )", true)]
    [InlineData("Manufacturer.contains(\"\")", true)]
    [InlineData("Manufacturer.contains(\"// no comment ) * (\")", false)]
    public void Methods_compare_text(string filter, bool expected) => Assert.Equal(expected, Matches(filter));

    [Theory]
    [InlineData("Rows.isLessThan(\"769\")", true)]
    [InlineData("Rows.isLessThan(\"768\")", false)]
    [InlineData("Rows.isGreaterThan(\"767\")", true)]
    [InlineData("Rows.isGreaterThan(\"768\")", false)]
    [InlineData("Rows.isGreaterThan(\"-767 px\")", true)]
    [InlineData("SliceThickness.isLessThan(\"2.6\")", true)]
    [InlineData("SliceThickness.isGreaterThan(\"2.4\")", true)]
    [InlineData("PatientAge.isGreaterThan(\"41\")", true)]
    [InlineData("Columns.isLessThan(\"1\")", false)]
    [InlineData("Columns.isGreaterThan(\"0\")", false)]
    [InlineData("Manufacturer.isLessThan(\"1\")", false)]
    [InlineData("Rows.isLessThan(\"1.2.3\")", false)]
    public void Numbers_are_compared_without_what_is_no_digit_and_only_where_there_is_one(string filter, bool expected) =>
        Assert.Equal(expected, Matches(filter));

    [Theory]
    [InlineData("Columns.equals(\"\")")]
    [InlineData("[0018,1016].equals(\"\")")]
    [InlineData("!Columns.contains(\"5\")")]
    [InlineData("StudyDescription.equals(\"\")")]
    [InlineData("StudyDescription.matches(\"\")")]
    [InlineData("0029[NOBODY]10.equals(\"\")")]
    [InlineData("ProcedureCodeSequence::CodeValue.equals(\"\")")]
    [InlineData("RequestAttributesSequence::CodeValue.equals(\"\")")]
    public void A_missing_element_is_empty(string filter) => Assert.True(Matches(filter));

    [Theory]
    [InlineData("Rows.equals(\"768\")")]
    [InlineData("[0028,0010].equals(\"768\")")]
    [InlineData("0028,0010.equals(\"768\")")]
    [InlineData("00280010.equals(\"768\")")]
    [InlineData("[00280010].equals(\"768\")")]
    [InlineData("root:Rows.equals(\"768\")")]
    [InlineData("root:[0028,0010].equals(\"768\")")]
    [InlineData("[0008,103e].equals(\"Dose\")")]
    [InlineData("[0008,103E].equals(\"Dose\")")]
    [InlineData("ImageType.equals(\"DERIVED\\SECONDARY\\\")")]
    [InlineData("ImageType.contains(\"D\\SEC\")")]
    [InlineData("ImageType.matches(\".*\\\\SECONDARY\\\\\")")]
    [InlineData("SequenceOfUltrasoundRegions::RegionLocationMinY0.equals(\"60\")")]
    [InlineData("SeqOfUltrasoundRegions::[0018,601A].equals(\"60\")")]
    [InlineData("[0018,6011]::[0018,601A].equals(\"60\")")]
    [InlineData("0029[ACME 1.2]10.equals(\"MODE A\")")]
    [InlineData("[0029[ACME 1.2]10].equals(\"MODE A\")")]
    [InlineData("[0029,1110].contains(\"MODE\")")]
    [InlineData("ImplementationVersionName.contains(\"MINDRAY\")")]
    [InlineData("[0002,0013].equals(\"MINDRAY_2\")")]
    [InlineData("PatientName.equals(\"Müller^Jörg\")")]
    [InlineData("EventTimeOffset.equals(\"1.5\")")]
    public void An_attribute_is_named_as_in_CTP(string filter) => Assert.True(Matches(filter));

    [Fact]
    public void Values_are_read_whatever_the_file_encodes_them_in()
    {
        var bytes = new DicomBuilder(Encoded.ExplicitBig).Element(0x00080070, "UN", "ACME").Numbers(0x00280010, "US", 600).ToFile();
        using var file = DicomFile.Open(new DicomSource(bytes));
        Assert.True(DatasetFilter.Parse("Manufacturer.equals(\"ACME\") * Rows.equals(\"600\") * [0002,0010].equals(\"1.2.840.10008.1.2.2\")").Matches(file));
    }

    [Fact]
    public void A_large_value_and_pixel_data_are_empty()
    {
        var bytes = new DicomBuilder().Element(0x00104000, "LT", "x").Element(0x00420011, "OB", new byte[100_000]).Element(0x7FE00010, "OB", 1, 2).ToFile();
        using var file = DicomFile.Open(new DicomSource(bytes));
        Assert.True(DatasetFilter.Parse("[0042,0011].equals(\"\") * PixelData.equals(\"\") * PatientComments.equals(\"x\")").Matches(file));
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("  \n ", 1, 1)]
    [InlineData("true", 1, 5)]
    [InlineData("Manufactorer.equals(\"x\")", 1, 1)]
    [InlineData("this.equals(\"x\")", 1, 1)]
    [InlineData("Rows.is(\"x\")", 1, 6)]
    [InlineData("Rows.Equals(\"x\")", 1, 6)]
    [InlineData("Rows.equals(x)", 1, 13)]
    [InlineData("Rows.equals('x')", 1, 13)]
    [InlineData("Rows.equals(\"x\"", 1, 16)]
    [InlineData("Rows.equals(\"x)", 1, 13)]
    [InlineData("Rows.equals(\"x\n\")", 1, 13)]
    [InlineData("Rows.equals(\"a\"b\")", 1, 16)]
    [InlineData("Rows.equals(\"a\", \"b\")", 1, 16)]
    [InlineData("Rows.equals", 1, 12)]
    [InlineData("Rows equals(\"x\")", 1, 6)]
    [InlineData("true. *\n  * true.", 2, 3)]
    [InlineData("true. *", 1, 8)]
    [InlineData("true. true.", 1, 7)]
    [InlineData("true. & true.", 1, 7)]
    [InlineData("(true.", 1, 1)]
    [InlineData("(true. true.)", 1, 8)]
    [InlineData("true.)", 1, 6)]
    [InlineData("true. * (\r\n false. + (true.)\r\n", 1, 9)]
    [InlineData("!", 1, 2)]
    [InlineData("[0028,0010.equals(\"x\")", 1, 1)]
    [InlineData("0028,001.equals(\"x\")", 1, 1)]
    [InlineData("[Rows].equals(\"x\")", 1, 1)]
    [InlineData("0028[ACME]10.equals(\"x\")", 1, 1)]
    [InlineData("0029[]10.equals(\"x\")", 1, 1)]
    [InlineData("Rows::.equals(\"x\")", 1, 1)]
    [InlineData("::Rows.equals(\"x\")", 1, 1)]
    [InlineData("Rows.matches(\"(\")", 1, 14)]
    [InlineData("Rows.matches(\")(\")", 1, 14)]
    [InlineData("Rows.matches(\"a++\")", 1, 14)]
    [InlineData("Rows.matches(\"a(?#\")", 1, 14)]
    public void What_cannot_be_read_is_an_error_with_line_and_column_and_false_in_CTP(string filter, int line, int column)
    {
        var error = Assert.Throws<PacsbinException>(() => DatasetFilter.Parse(filter));
        Assert.Equal(PacsbinError.InvalidScript, error.Error);
        Assert.StartsWith($"Line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        var exact = DatasetFilter.Parse(filter, exact: true);
        Assert.NotEmpty(exact.Problems);
        Assert.False(exact.Matches(Sample, null));
    }

    [Theory]
    [InlineData("!Rows.is(\"x\")", true)]
    [InlineData("Rows.is(\"x\") + true.", true)]
    [InlineData("!(Rows.equals(\"x\")", false)]
    [InlineData("NoSuchKeyword.equals(\"\")", true)]
    [InlineData("!NoSuchKeyword.contains(\"x\")", true)]
    public void Exact_takes_an_unknown_keyword_as_empty_and_an_unknown_method_as_a_false_term(string filter, bool expected)
    {
        var exact = DatasetFilter.Parse(filter, exact: true);
        Assert.Single(exact.Problems);
        Assert.Equal(expected, exact.Matches(Sample, null));
    }

    [Theory]
    [InlineData("SequenceOfUltrasoundRegions.equals(\"\")", 1)]
    [InlineData("true. * Rows::Columns.equals(\"\")", 9)]
    [InlineData("Rows.isLessThan(\"many\")", 17)]
    public void A_term_that_says_nothing_is_a_problem(string filter, int column)
    {
        var problem = Assert.Single(DatasetFilter.Parse(filter).Problems);
        Assert.Equal((1, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void Deep_nesting_is_refused_and_long_lists_are_not()
    {
        Assert.True(Matches(new string('(', 64) + "true." + new string(')', 64)));
        Assert.Throws<PacsbinException>(() => DatasetFilter.Parse(new string('(', 100_000) + "true." + new string(')', 100_000)));
        Assert.True(Matches(new string('!', 100_000) + "true."));
        Assert.True(Matches(string.Join('*', Enumerable.Repeat("true.", 50_000))));
    }

    [Theory]
    [InlineData("(a+)+")]
    [InlineData("(a|aa)+")]
    [InlineData("(?=a)(a+)+")]
    [InlineData("((a{0,200}){0,200}){0,200}")]
    [InlineData("(((((((((a*)*)*)*)*)*)*)*)*)*b")]
    public void A_hostile_expression_ends_soon(string pattern)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var filter = DatasetFilter.Parse($"StudyDescription.matches(\"{pattern}\")");
            Assert.False(filter.Matches(Attributes.Of(("StudyDescription", new string('a', 40) + "!")), null));
        }
        catch (PacsbinException e)
        {
            Assert.Equal(PacsbinError.InvalidScript, e.Error);
            Assert.Contains("Line 1, column 26", e.Message, StringComparison.Ordinal);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void CTPs_own_filter_loads()
    {
        var text = File.ReadAllText(TestData.RequireShared("ctp", "scripts", "BurnedInPixelsFilter.script"));
        var filter = DatasetFilter.Parse(text);
        Assert.Empty(filter.Problems);
        Assert.True(filter.Matches(Attributes.Of(("ImageType", "ORIGINAL\\PRIMARY")), null));
        Assert.False(filter.Matches(Attributes.Of(("ImageType", "DERIVED\\SCREEN SAVE")), null));
        Assert.False(filter.Matches(Attributes.Of(("BurnedInAnnotation", "YES")), null));
        Assert.False(filter.Matches(Attributes.Of(("SecondaryCaptureDeviceManufacturer", "ACME")), null));
    }

    [Fact]
    public void Names_of_CTPs_dictionary_are_understood()
    {
        var script = File.ReadAllText(TestData.RequireShared("ctp", "scripts", "DicomServiceAnonymizer.script"));
        var count = 0;
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(script, "<e en=\"[TF]\" t=\"([0-9A-Fa-f]{8})\" n=\"(\\w+)\""))
        {
            Assert.True(Tag.TryParse(match.Groups[1].Value, out var tag));
            var name = match.Groups[2].Value;
            if (name is "BlockOwner")
            {
                continue; // any private creator
            }

            Assert.True(AttributeNames.TryGet(name, out var found), name);

            // Where PS3.6 has given the name to another attribute, PS3.6 is followed.
            Assert.True(found == tag || DicomDictionary.TryGet(name, out _) || name is "ReferencedPatientAliasSeq" or "PerformedStationNameCodeSeq", name);
            count++;
        }

        Assert.True(count > 1000);
    }

    private static bool Matches(string filter) => DatasetFilter.Parse(filter).Matches(Sample, FileMeta);

    private static DicomDataset MakeSample()
    {
        var dataset = Attributes.Of(
            ("SpecificCharacterSet", "ISO_IR 192"), ("ImageType", "DERIVED\\SECONDARY\\"), ("Manufacturer", "Philips Medical"), ("StudyDescription", ""),
            ("SeriesDescription", "Dose"), ("PatientName", "Müller^Jörg"), ("PatientAge", "042Y"), ("SliceThickness", "2.5"), ("Rows", "768"));
        var regions = new DicomSequence();
        foreach (var top in new[] { 60u, 90u })
        {
            var item = new DicomDataset(dataset);
            item.Set(new DicomElement(new Tag(0x0018601A), Vr.UL, BitConverter.GetBytes(top)));
            regions.Items.Add(item);
        }

        dataset.Set(new DicomElement(new Tag(0x00186011), Vr.SQ, regions));
        dataset.Set(new DicomElement(new Tag(0x00081032), Vr.SQ, new DicomSequence()));
        dataset.Set(new DicomElement(new Tag(0x00082134), Vr.FD, BitConverter.GetBytes(1.5)));
        dataset.Set(Attributes.Element(new Tag(0x00290010), Vr.LO, "OTHER"));
        dataset.Set(Attributes.Element(new Tag(0x00290011), Vr.LO, "ACME 1.2"));
        dataset.Set(Attributes.Element(new Tag(0x00291010), Vr.LO, "NO"));
        dataset.Set(Attributes.Element(new Tag(0x00291110), Vr.UN, "MODE A"));
        return dataset;
    }
}
