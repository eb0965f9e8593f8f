using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Verification;

/// <summary>What the leak check finds in a copy, and what it leaves alone. The copies are made here, with faults that the product has not.</summary>
public class LeakCheckTests
{
    /// <summary>LUT Explanation: text that no row of the table names.</summary>
    private const uint FreeText = 0x00283003;

    /// <summary>ICC Profile: bytes that no row of the table names.</summary>
    private const uint FreeBytes = 0x00282000;

    static LeakCheckTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static TheoryData<string, string> WrittenNames => new()
    {
        { "utf-8", "山田" }, { "utf-8", "やまだ" }, { "shift_jis", "山田" }, { "euc-jp", "太郎" }, { "iso-2022-jp", "山田" }, { "gb18030", "山田" }, { "big5", "山田" },
        { "euc-kr", "山田" }, { "utf-8", "Yamada" }, { "utf-8", "YAMADA" }, { "us-ascii", "tarou" }, { "us-ascii", "MrYamadaPlease" }, { "shift_jis", "ＹＡＭＡＤＡ" }, { "iso-2022-jp", "Ｙａｍａｄａ" },
    };

    [Theory]
    [MemberData(nameof(WrittenNames))]
    public void A_name_is_found_in_every_repertoire_and_case(string encoding, string written)
    {
        var source = Patient(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Yamada^Tarou=山田^太郎=やまだ^たろう")), "ISO_IR 192");
        Assert.Equal([new Leak(IdentifierKind.Patient, new(FreeText))], Leaks(source, Copy(FreeText, "LO", Encoding.GetEncoding(encoding).GetBytes(written))));
    }

    [Theory]
    [InlineData("iso-8859-1", "Müller")]
    [InlineData("iso-8859-1", "MÜLLER")]
    [InlineData("utf-8", "müller")]
    [InlineData("iso-8859-2", "Müller")]
    [InlineData("utf-16", "Müller")]
    [InlineData("utf-16BE", "MÜLLER")]
    public void Letters_with_marks_are_found_in_every_repertoire_and_case(string encoding, string written) =>
        Assert.NotEmpty(Leaks(Patient("M\u00FCller^J\u00F6rg"), Copy(FreeBytes, "OB", Encoding.GetEncoding(encoding).GetBytes($"xx {written} yy "))));

    [Theory]
    [InlineData("Люкceмбypг", "iso-8859-5", "utf-8")]
    [InlineData("Люкceмбypг", "iso-8859-5", "iso-8859-5")]
    [InlineData("Διονυσιος", "iso-8859-7", "utf-8")]
    [InlineData("قباني", "iso-8859-6", "utf-8")]
    public void Names_of_other_scripts_are_found_in_the_standards_repertoires(string name, string sourceEncoding, string encoding)
    {
        var term = sourceEncoding switch { "iso-8859-5" => "ISO_IR 144", "iso-8859-7" => "ISO_IR 126", _ => "ISO_IR 127" };
        var source = Patient(Encoding.Latin1.GetString(Encoding.GetEncoding(sourceEncoding).GetBytes(name)), term);
        Assert.NotEmpty(Leaks(source, Copy(FreeText, "LO", Encoding.GetEncoding(encoding).GetBytes(name))));
    }

    [Theory]
    [InlineData("14.07.1962")]
    [InlineData("07/14/1962")]
    [InlineData("1962-07-14")]
    [InlineData("19620714")]
    [InlineData("14 Jul 1962")]
    [InlineData("14-JUL-1962")]
    [InlineData("July 14, 1962")]
    [InlineData("14071962")]
    [InlineData("born 14/7/1962.")]
    [InlineData("14.07.62")]
    [InlineData("07/14/62")]
    [InlineData("14-JUL-62")]
    [InlineData("1962-7-14")]
    [InlineData("1962 Jul 14")]
    [InlineData("19620714103000")]
    public void A_birth_date_is_found_in_every_common_form(string written) =>
        Assert.Equal([new Leak(IdentifierKind.Date, new(FreeText))], Leaks(Source(s => s.Element(0x00100030, "DA", "19620714")), Copy(FreeText, "LO", written)));

    [Theory]
    [InlineData("in SLEEP mode", "Lee^Ann", false)]
    [InlineData("for LEE only", "Lee^Ann", true)]
    [InlineData("Ann's", "Lee^Ann", true)]
    [InlineData("annual", "Lee^Ann", false)]
    [InlineData("Browning", "Brown^Al", true)]
    [InlineData("Al", "Brown^Al", false)]
    [InlineData("Dr. Prof.", "Brown^Al^^Dr.^Prof.", false)]
    [InlineData("test phantom", "Test^Phantom", false)]
    [InlineData("Schmidt", "Meier-Schmidt^Eva", true)]
    public void Short_parts_of_names_count_as_words_and_titles_not_at_all(string written, string name, bool isFound) =>
        Assert.Equal(isFound, Leaks(Patient(name), Copy(FreeText, "LO", written)).Count > 0);

    [Theory]
    [InlineData("4711-0815", "id 4711-0815", true)]
    [InlineData("4711-0815", "id 47110815", true)]
    [InlineData("4711", "id 4711", false)]
    [InlineData("12345", "id 12345", true)]
    [InlineData("12345", "id 9123456", false)]
    [InlineData("A1B2", "a1b2", true)]
    [InlineData("0000000", "0000000", false)]
    public void Numbers_count_where_no_digit_is_beside_them(string id, string written, bool isFound) =>
        Assert.Equal(isFound, Leaks(Source(s => s.Element(0x00100020, "LO", id)), Copy(FreeText, "LO", written)).Count > 0);

    [Theory]
    [InlineData(0x00080050u, "SH", "A20240311", IdentifierKind.Id)]
    [InlineData(0x00080080u, "LO", "St. Elsewhere", IdentifierKind.Institution)]
    [InlineData(0x00080081u, "ST", "12 Harbour Road", IdentifierKind.Address)]
    [InlineData(0x00080090u, "PN", "Marlow^Agnes", IdentifierKind.PersonName)]
    [InlineData(0x00101040u, "LO", "7 Mill Lane", IdentifierKind.Address)]
    [InlineData(0x00102154u, "SH", "+49 221 478-0", IdentifierKind.Telephone)]
    [InlineData(0x00181000u, "LO", "SN-25815", IdentifierKind.Device)]
    [InlineData(0x00181000u, "LO", "25815", IdentifierKind.Device)]
    [InlineData(0x00081010u, "SH", "CT01", IdentifierKind.Device)]
    [InlineData(0x00200010u, "SH", "ST-0815", IdentifierKind.Examination)]
    public void Each_kind_of_identifier_is_named(uint tag, string vr, string value, IdentifierKind kind)
    {
        Assert.Equal([new Leak(kind, new(FreeText))], Leaks(Source(s => s.Element(tag, vr, value)), Copy(FreeText, "LO", $"of {value.Replace('^', ' ')} here")));
        Assert.Equal([new Leak(kind, new(FreeText))], Leaks(Source(s => s.Element(tag, vr, value)), Copy(FreeText, "LO", value)));
    }

    [Fact]
    public void What_an_option_retains_may_stand_in_a_removed_attribute_of_the_source_too()
    {
        var source = Source(s => s.Element(0x00080080, "LO", "St. Elsewhere ").Sequence(0x0040A073, undefined: true, i => i.Element(0x0040A027, "LO", "St. Elsewhere ")));
        Assert.Empty(Leaks(source, Copy(0x00080080, "LO", "St. Elsewhere"), ProfileOptions.RetainInstitutionIdentity));
    }

    [Theory]
    [InlineData("Philip^Ann", "Philips Medical Systems", false)]
    [InlineData("Philips^Ann", "Philips Medical Systems", true)]
    [InlineData("Acme^Ann", "ACME_MED", true)]
    public void A_name_counts_in_Manufacturer_only_as_a_word(string name, string manufacturer, bool isFound) =>
        Assert.Equal(isFound, Leaks(Patient(name), Copy(0x00080070, "LO", manufacturer)).Count > 0);

    [Fact]
    public void A_patient_may_be_called_as_the_codes_of_the_product_are()
    {
        var source = Source(s => s.Element(0x00080050, "SH", "113100").Element(0x00100010, "PN", "Basic^Ann "));
        var copy = new DicomBuilder().Sequence(0x00120064, undefined: true, i => i.Element(0x00080100, "SH", "113100").Element(0x00080102, "SH", "DCM ")
            .Element(0x00080104, "LO", "Basic Application Confidentiality Profile ")).ToFile();
        Assert.Empty(Leaks(source, copy));
        Assert.NotEmpty(Leaks(source, new DicomBuilder().Sequence(0x00120064, undefined: true, i => i.Element(0x00080104, "LO", "Basic Application of Ann ")).ToFile()));
    }

    [Theory]
    [InlineData("Zo\u00EB", "ISO_IR 100", "iso-8859-1", "Zo\u00EB")]
    [InlineData("Zo\u00EB", "ISO_IR 100", "utf-8", "ZO\u00CB")]
    [InlineData("\u041B\u0435\u0432", "ISO_IR 144", "iso-8859-5", "\u041B\u0435\u0432")]
    public void Names_of_three_letters_are_found_in_sets_of_one_byte(string name, string term, string encoding, string written)
    {
        var source = Patient(Encoding.Latin1.GetString(Encoding.GetEncoding(term == "ISO_IR 144" ? "iso-8859-5" : "iso-8859-1").GetBytes(name)), term);
        Assert.NotEmpty(Leaks(source, Copy(FreeText, "LO", Encoding.GetEncoding(encoding).GetBytes($"of {written} "))));
    }

    [Fact]
    public void A_name_whose_character_set_is_wrongly_declared_is_found_as_its_bytes_are() =>
        Assert.NotEmpty(Leaks(Patient("M\u00FCller", "ISO_IR 192"), Copy(FreeText, "LO", "of M\u00FCller")));

    [Fact]
    public void A_name_is_cut_into_values_as_its_character_set_says()
    {
        var name = Encoding.Latin1.GetString([.. Encoding.GetEncoding("gb18030").GetBytes("\u674E^\u4E57\u5E05")]); // the second byte of the second one is a backslash
        Assert.Contains('\\', name);
        Assert.NotEmpty(Leaks(Patient(name, "GB18030 "), Copy(FreeText, "LO", Encoding.UTF8.GetBytes("of \u4E57\u5E05"))));
    }

    [Fact]
    public void Items_that_a_system_did_not_know_are_read()
    {
        var items = new DicomBuilder(Encoded.ImplicitLittle).Item(false, i => i.Element(0x00081155, "UI", "1.2.826.0.1.3680043.99.4711\0").Element(0x00100010, "PN", "Testperson")).ToBytes();
        var source = Source(s => s.Element(0x00081115, "UN", items));
        Assert.Equal([IdentifierKind.Patient], Leaks(source, Copy(FreeText, "LO", "Testperson")).Select(l => l.Kind));
        Assert.Equal([IdentifierKind.Uid], Leaks(source, Copy(FreeText, "LO", "1.2.826.0.1.3680043.99.4711")).Select(l => l.Kind));
    }

    [Fact]
    public void With_retained_uids_a_removed_sequence_may_have_repeated_them()
    {
        var source = Source(s => s.Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.4711\0").Sequence(0x00400275, undefined: true, i => i.Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.4711\0"))
            .Private(0x00410010, "ACME", b => b.Element(0x00411001, "UI", "1.2.826.0.1.3680043.99.4711\0")));
        var copy = Copy(0x0020000D, "UI", "1.2.826.0.1.3680043.99.4711");
        Assert.Empty(Leaks(source, copy, ProfileOptions.RetainUids));
        Assert.NotEmpty(Leaks(source, copy));
    }

    [Fact]
    public void A_date_that_was_moved_to_another_date_of_the_file_is_none_of_its_source()
    {
        static byte[] Directory(params string[] dates) => new DicomBuilder().Sequence(0x00041220, undefined: true,
            [.. dates.Select(date => (Action<DicomBuilder>)(i => i.Element(0x00080020, "DA", date)))]).ToFile();
        var source = Directory("20240311", "20240310");
        Assert.Empty(Leaks(source, Directory("20240310", "20240309"), ProfileOptions.RetainModifiedDates));
        Assert.NotEmpty(Leaks(source, Directory("20240301", "20240310"), ProfileOptions.RetainModifiedDates));
    }

    [Fact]
    public void Names_of_files_and_words_and_numbers_are_searched_too()
    {
        using var original = DicomFile.Open(new DicomSource(Patient("Testperson^Theodora")));
        using var copy = DicomFile.Open(new DicomSource(Copy(FreeText, "LO", "nothing")));
        Assert.Equal([new Leak(IdentifierKind.Patient, null)], Verified.Walk(original, copy, default, ProfileOptions.None, [], "Testperson_1").Leaks);
        Assert.NotEmpty(Leaks(Patient("Testperson^Theodora"), Copy(0x00281201, "OW", "xxTestperson")));
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.2")]
    [InlineData("1.2.840.10008.1.2.1.99")]
    public void Every_encoding_of_a_copy_is_searched(string syntax)
    {
        var form = syntax switch { "1.2.840.10008.1.2" => Encoded.ImplicitLittle, "1.2.840.10008.1.2.2" => Encoded.ExplicitBig, _ => Encoded.ExplicitLittle };
        var copy = new DicomBuilder(form).Element(0x0020000E, "UI", "1.2.826.0.1.3680043.99.5\0").Element(FreeText, "LO", "of Testperson ").ToFile(syntax);
        var source = Source(s => s.Element(0x00100010, "PN", "Testperson").Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.5\0"));
        Assert.Equal([IdentifierKind.Uid, IdentifierKind.Patient], Leaks(source, copy).Select(l => l.Kind));
    }

    [Fact]
    public void A_file_with_more_names_than_could_be_searched_is_refused()
    {
        var source = Source(s => s.Sequence(0x00081115, undefined: true, [.. Enumerable.Range(0, 26_000).Select(n => (Action<DicomBuilder>)(i => i.Element(0x00100010, "PN", $"Name{n:D6}")))]));
        Assert.Equal(PacsbinError.LimitExceeded, Assert.Throws<PacsbinException>(() => Leaks(source, Copy(FreeText, "LO", "x"))).Error);
    }

    [Fact]
    public void What_an_option_retains_is_no_leak()
    {
        var source = Source(s => s.Element(0x00080080, "LO", "St. Elsewhere"));
        var copy = Copy(FreeText, "LO", "of St. Elsewhere");
        Assert.Empty(Leaks(source, copy, ProfileOptions.RetainInstitutionIdentity));
        Assert.NotEmpty(Leaks(source, copy, ProfileOptions.RetainDeviceIdentity));
    }

    [Fact]
    public void Uids_are_found_in_text_in_bytes_in_other_attributes_and_in_names_of_files()
    {
        var source = Source(s => s.Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.4711"));
        Assert.Equal([new Leak(IdentifierKind.Uid, new(FreeText))], Leaks(source, Copy(FreeText, "LO", "see 1.2.826.0.1.3680043.99.4711.")));
        Assert.Equal([new Leak(IdentifierKind.Uid, new(FreeBytes))], Leaks(source, Copy(FreeBytes, "OB", "\u00011.2.826.0.1.3680043.99.4711\u0000")));
        Assert.Equal([new Leak(IdentifierKind.Uid, new(0x0020000E))], Leaks(source, Copy(0x0020000E, "UI", "1.2.826.0.1.3680043.99.4711")));
        Assert.Empty(Leaks(source, Copy(FreeText, "LO", "see 1.2.826.0.1.3680043.99.47110")));
        using var original = DicomFile.Open(new DicomSource(source));
        using var copy = DicomFile.Open(new DicomSource(Copy(FreeText, "LO", "nothing")));
        Assert.Equal([new Leak(IdentifierKind.Uid, null)], Verified.Walk(original, copy, default, ProfileOptions.None, [], "1.2.826.0.1.3680043.99.4711").Leaks);
    }

    [Fact]
    public void Private_and_unknown_attributes_file_meta_and_preamble_are_leaks_by_themselves()
    {
        var source = Source(static _ => { });
        Assert.Equal([IdentifierKind.PrivateAttribute, IdentifierKind.PrivateAttribute],
            Leaks(source, new DicomBuilder().Private(0x00090010, "ACME", b => b.Element(0x00091001, "LO", "harmless")).ToFile()).Select(l => l.Kind));
        Assert.Equal([IdentifierKind.UnknownAttribute], Leaks(source, new DicomBuilder().Element(0x00089999, "LO", "harmless").ToFile()).Select(l => l.Kind));
        var preamble = Copy(FreeText, "LO", "harmless");
        "MZ"u8.CopyTo(preamble);
        Assert.Equal([new Leak(IdentifierKind.UnknownAttribute, null)], Leaks(source, preamble));
        var meta = DicomBuilder.Part10(DicomBuilder.ExplicitLittle, new DicomBuilder().Element(FreeText, "LO", "harmless").ToBytes());
        byte[] withTitle = [.. meta[..132], .. new DicomBuilder().Element(0x00020010, "UI", "1.2.840.10008.1.2.1\0").Element(0x00020016, "AE", "SCANNER1").ToBytes(), .. new DicomBuilder().Element(FreeText, "LO", "harmless").ToBytes()];
        Assert.Equal([new Leak(IdentifierKind.UnknownAttribute, new(0x00020016))], Leaks(source, withTitle));
    }

    [Fact]
    public void A_value_that_stays_at_a_protected_attribute_is_found_although_it_is_no_identifier()
    {
        var source = Source(s => s.Element(0x00081030, "LO", "MR hip left").Element(0x00101010, "AS", "061Y"));
        Assert.Equal([new Leak(IdentifierKind.ProtectedAttribute, new(0x00081030))], Leaks(source, Copy(0x00081030, "LO", "MR hip left ")));
        Assert.Equal([new Leak(IdentifierKind.ProtectedAttribute, new(0x00101010))], Leaks(source, Copy(0x00101010, "AS", "061Y")));
        Assert.Empty(Leaks(source, Copy(0x00101010, "AS", "000Y")));
        Assert.Empty(Leaks(source, Copy(0x00101010, "AS", "061Y"), ProfileOptions.RetainPatientCharacteristics));
    }

    [Fact]
    public void A_word_is_found_in_a_large_value_wherever_it_is_cut()
    {
        var source = Patient("Testperson^Theodora");
        foreach (var at in new[] { 0, 65_530, 65_535, 65_536, 130_000, 199_980 })
        {
            var text = new string('.', 200_000).Remove(at, 10).Insert(at, "TESTPERSON");
            Assert.Equal([new Leak(IdentifierKind.Patient, new(0x00420011))], Leaks(source, Copy(0x00420011, "OB", text)));
        }
    }

    [Fact]
    public void Nested_values_are_searched_too()
    {
        var copy = new DicomBuilder().Sequence(0x00081115, undefined: true, i => i.Sequence(0x00081199, undefined: false, j => j.Element(FreeText, "LO", "of Testperson "))).ToFile();
        Assert.Equal([new Leak(IdentifierKind.Patient, new(FreeText))], Leaks(Patient("Testperson^Theodora"), copy));
    }

    [Fact]
    public void An_allowed_word_is_told_and_is_no_leak()
    {
        var source = Patient("Chest^Arthur");
        var copy = Copy(0x00180015, "CS", "CHEST ");
        Assert.Equal([new Leak(IdentifierKind.Patient, new(0x00180015))], Leaks(source, copy));
        using var original = DicomFile.Open(new DicomSource(source));
        using var written = DicomFile.Open(new DicomSource(copy));
        var walk = Verified.Walk(original, written, default, ProfileOptions.None, ["chest"]);
        Assert.Empty(walk.Leaks);
        var finding = Assert.Single(walk.Allowed);
        Assert.Equal((FindingKind.CoincidenceAllowed, new Tag(0x00180015)), (finding.Kind, finding.Tag));
        Assert.DoesNotContain("chest", finding.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Types_that_hold_words_do_not_show_them() =>
        Assert.DoesNotContain("Chest", new SearchWord("Chest", IdentifierKind.Patient).ToString(), StringComparison.Ordinal);

    private static byte[] Source(Action<DicomBuilder> write)
    {
        var file = new DicomBuilder();
        write(file);
        return file.ToFile();
    }

    private static byte[] Patient(string name, string characterSet = "ISO_IR 100") =>
        Source(s => s.Element(0x00080005, "CS", characterSet).Element(0x00100010, "PN", name.Length % 2 == 0 ? name : name + ' '));

    private static byte[] Copy(uint tag, string vr, string value) => Copy(tag, vr, Encoding.Latin1.GetBytes(value));

    private static byte[] Copy(uint tag, string vr, byte[] value) => new DicomBuilder().Element(tag, vr, value.Length % 2 == 0 ? value : [.. value, (byte)' ']).ToFile();

    private static IReadOnlyList<Leak> Leaks(byte[] source, byte[] copy, ProfileOptions options = ProfileOptions.None) => Verified.Leaks(source, copy, options);
}
