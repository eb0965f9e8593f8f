using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>An identifier in places that are not meant for text.</summary>
public class LeakTests
{
    private const string Token = "ZZQJOHNQDOEXQ719";

    [Theory]
    [InlineData(0x00280010, "US")] // Rows
    [InlineData(0x00280010, "OB")]
    [InlineData(0x00280010, "UN")]
    [InlineData(0x00280106, "US")] // Smallest Image Pixel Value, US or SS
    [InlineData(0x00189073, "FD")] // Acquisition Duration
    [InlineData(0x00186024, "UL")]
    [InlineData(0x00186020, "SL")]
    [InlineData(0x5400100A, "OB")] // Waveform Padding Value
    [InlineData(0x00281101, "US")] // a palette's descriptor: three numbers
    [InlineData(0x00209165, "AT")] // Dimension Index Pointer
    public void A_number_does_not_carry_more_values_than_the_dictionary_allows(uint tag, string vr) =>
        AssertGone(new DicomBuilder().Element(tag, vr, Token + Token));

    [Theory]
    [InlineData(0x00280010, "UN")]
    [InlineData(0x00280106, "OW")]
    [InlineData(0x00280009, "UN")]
    [InlineData(0x5400100A, "OW")]
    public void Nor_in_a_value_that_stays_in_the_file(uint tag, string vr) =>
        AssertGone(new DicomBuilder().Element(tag, vr, Token + new string(' ', 70000)));

    [Fact]
    public void An_attribute_tag_names_an_attribute() =>
        AssertGone(new DicomBuilder().Element(0x00280009, "AT", Token));

    [Theory]
    [InlineData(0x00280009, "AT", new byte[] { 0x18, 0, 0x63, 0x10 })]
    [InlineData(0x00280009, "AT", new byte[] { 0x18, 0, 0x63, 0x10, 0x54, 0, 0x10, 0 })]
    [InlineData(0x00281101, "US", new byte[] { 0, 1, 0, 0, 16, 0 })]
    [InlineData(0x00280010, "US", new byte[] { 0, 1 })]
    public void Numbers_of_the_right_count_stay(uint tag, string vr, byte[] value)
    {
        using var copy = Copy(new DicomBuilder().Element(tag, vr, value));
        Assert.True(copy.Dataset.TryGet(new Tag(tag), out var element));
        Assert.Equal(value, element.Value.ToArray());
    }

    [Theory]
    [InlineData(0x00281050, "DS", "078-05-1120")] // Window Center
    [InlineData(0x00281050, "DS", "+49 30 1234567")]
    [InlineData(0x00280008, "IS", "078-05-1120")]
    [InlineData(0x00280008, "IS", "12.03.1956")]
    [InlineData(0x00281050, "DS", "12345678901234567890123456789012345678901234567890")]
    [InlineData(0x00280008, "IS", "12345678901234567890123456789012345678901234567890")]
    public void A_numeric_string_is_a_number(uint tag, string vr, string value) =>
        AssertGone(new DicomBuilder().Element(tag, vr, value), value);

    [Theory]
    [InlineData(0x00281050, "DS", "40\\-160.5")]
    [InlineData(0x00281050, "DS", " +1.5E-03 ")]
    [InlineData(0x00281050, "DS", "0.30000000000000004")] // 19 bytes, as many systems write a double
    [InlineData(0x00200013, "IS", "-0012")]
    [InlineData(0x00200013, "IS", "1.0")]
    public void Numeric_strings_stay(uint tag, string vr, string value)
    {
        using var copy = Copy(new DicomBuilder().Element(tag, vr, value));
        Assert.True(copy.Dataset.TryGet(new Tag(tag), out var element));
        Assert.Equal(value.Trim(), Encoding.ASCII.GetString(element.Value.Span).Trim());
    }

    [Theory]
    [InlineData(0x00080060, "CS", "PATIENT ZZQJOHNQDOEXQ719 BORN ON 12 MARCH 1956 IN BERLIN AND NOW LIVING IN HAMBURG")] // Modality
    [InlineData(0x00080005, "CS", Token)] // Specific Character Set
    [InlineData(0x00080005, "CS", "ISO_IR 100\\" + Token)]
    public void A_code_is_short_and_a_character_set_is_a_defined_term(uint tag, string vr, string value) =>
        AssertGone(new DicomBuilder().Element(tag, vr, value));

    [Theory]
    [InlineData(0x00080020, "DA")]
    [InlineData(0x00080030, "TM")]
    [InlineData(0x0008002A, "DT")]
    [InlineData(0x00100030, "DA")]
    [InlineData(0x00186060, "DA")]
    public void Retained_dates_are_dates(uint tag, string vr) =>
        AssertGone(new DicomBuilder().Element(tag, vr, Token), options: ProfileOptions.RetainFullDates | ProfileOptions.RetainPatientCharacteristics | ProfileOptions.RetainDeviceIdentity);

    [Theory]
    [InlineData(0x00280020)] // retired without VR or name
    [InlineData(0x00080202)]
    public void Retired_attributes_without_a_meaning_are_removed(uint tag) =>
        AssertGone(new DicomBuilder().Element(tag, "UN", Token));

    [Theory]
    [InlineData(0x10100005, "US")] // Zonal Map
    [InlineData(0x10000010, "US")] // Escape Triplet
    [InlineData(0x7F020010, "OB")] // Variable Pixel Data
    [InlineData(0x7F020020, "OW")]
    [InlineData(0x7FE00020, "OW")] // Coefficients SDVN
    [InlineData(0x7FE00008, "OF")] // Float Pixel Data without an image
    [InlineData(0x7FE00009, "OD")]
    [InlineData(0x4010101A, "LO")] // Boarding Pass ID
    [InlineData(0x20000050, "LO")] // Film Session Label
    [InlineData(0x00102295, "LO")] // Breed Registration Number
    [InlineData(0x0072006F, "UC")] // Selector UC Value
    public void What_nobody_cleans_does_not_pass(uint tag, string vr) =>
        AssertGone(new DicomBuilder().Element(tag, vr, Token));

    [Theory]
    [InlineData(0x00081167)] // Multi-frame Source SOP Instance UID
    [InlineData(0x00200242)] // SOP Instance UID of Concatenation Source
    [InlineData(0x00209312)] // Volume Frame of Reference UID
    [InlineData(0x00280304)] // Referenced Color Palette Instance UID
    [InlineData(0x0040E011)] // Retrieve Location UID
    [InlineData(0x0072007F)] // Selector UI Value
    [InlineData(0x300A0675)] // Equipment Frame of Reference UID
    public void UIDs_of_instances_places_and_frames_outside_the_table_are_replaced(uint tag)
    {
        const string Uid = "1.2.826.0.1.3680043.8.498.719";
        AssertGone(new DicomBuilder().Element(tag, "UI", Uid), Uid);
        using var copy = Copy(new DicomBuilder().Element(tag, "UI", Uid));
        Assert.StartsWith("2.25.", copy.Dataset.GetString(new Tag(tag)), StringComparison.Ordinal);
        using var kept = Copy(new DicomBuilder().Element(tag, "UI", Uid), ProfileOptions.RetainUids);
        Assert.Equal(Uid, kept.Dataset.GetString(new Tag(tag)));
    }

    [Theory]
    [InlineData("SS", -1)]
    [InlineData("UL", uint.MaxValue)]
    [InlineData("UL", int.MaxValue)]
    public void Sizes_that_no_image_has_are_refused(string vr, long size)
    {
        var file = new DicomBuilder().Numbers(0x00280002, vr, size).Numbers(0x00280010, vr, size).Numbers(0x00280011, vr, size).Numbers(0x00280100, "US", 16)
            .Element(0x7FE00010, "OW", Token);
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Copy(file)).Error);
    }

    [Theory]
    [InlineData("ABCD0101")]
    [InlineData("20200101-ABCD0101")]
    [InlineData("ABCD.01.01")]
    [InlineData("00000000")]
    public void A_date_with_letters_for_a_year_is_emptied(string value)
    {
        using var copy = Copy(new DicomBuilder().Element(0x00080020, "DA", value));
        Assert.Equal("", copy.Dataset.Text(0x00080020));
    }

    [Theory]
    [InlineData(11, 12, "empty overlay data")]
    [InlineData(11, 12, "bit position only")]
    [InlineData(11, 12, "overlay data as well")]
    [InlineData(5, 12, "bit position only")] // High Bit below Bits Stored - 1
    [InlineData(11, 0, "bit position only")]
    public void Overlays_in_pixel_cells_go_however_they_are_declared(int highBit, int bitsStored, string declaration)
    {
        // A character in the upper nibbles of two cells, pixels zero.
        var cells = Token.SelectMany(c => new byte[] { 0, (byte)(c & 0xF0), 0, (byte)(c << 4) }).ToArray();
        var file = new DicomBuilder().Element(0x00080018, "UI", "1.2.3").Numbers(0x00280010, "US", 4).Numbers(0x00280011, "US", Token.Length / 2)
            .Numbers(0x00280100, "US", 16).Numbers(0x00280101, "US", bitsStored).Numbers(0x00280102, "US", highBit);
        file = declaration switch
        {
            "empty overlay data" => file.Numbers(0x60000010, "US", 4).Numbers(0x60000100, "US", 16).Numbers(0x60000102, "US", 12).Element(0x60003000, "OW", ""),
            "bit position only" => file.Numbers(0x60000102, "US", 12),
            _ => file.Numbers(0x60000010, "US", 4).Numbers(0x60000100, "US", 16).Numbers(0x60000102, "US", 12).Element(0x60003000, "OW", "ab"),
        };
        try
        {
            using var copy = Copy(file.Element(0x7FE00010, "OW", cells));
            Assert.True(copy.Dataset.TryGet(Tags.PixelData, out var pixels));
            Assert.Equal(new byte[cells.Length], pixels.Value.ToArray());
        }
        catch (PacsbinException e)
        {
            Assert.Equal(PacsbinError.MalformedElement, e.Error);
        }
    }

    [Fact]
    public void A_patient_record_without_an_id_does_not_become_the_patient_before()
    {
        using var copy = Copy(new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.1.3.10").Sequence(0x00041220, undefined: true,
            a => a.Element(0x00041430, "CS", "PATIENT ").Element(0x00100010, "PN", "DOE^JOHN").Element(0x00100020, "LO", "1234"),
            b => b.Element(0x00041430, "CS", "PATIENT ").Element(0x00100010, "PN", "ROE^JANE")));
        Assert.NotEqual(copy.Dataset.Item(0x00041220).Text(0x00100010), copy.Dataset.Item(0x00041220, 1).Text(0x00100010));
    }

    [Theory]
    [InlineData("SS")]
    [InlineData("UN")]
    [InlineData("LO")]
    [InlineData("OB")]
    public void A_safe_private_number_is_one_number(string vr) =>
        AssertGone(new DicomBuilder().Private(0x00450010, "GEMS_HELIOS_01", block => block.Element(0x00451001, vr, Token)), options: ProfileOptions.RetainSafePrivate);

    [Theory]
    [InlineData("GEMS_HELIOS_01\\" + Token)]
    [InlineData(Token)]
    [InlineData("")]
    public void A_block_of_another_creator_goes(string creator) =>
        AssertGone(new DicomBuilder().Private(0x00450010, creator, block => block.Element(0x00451001, "LO", Token).Element(0x00451004, "CS", Token)), options: ProfileOptions.RetainSafePrivate);

    [Fact]
    public void A_pseudonym_says_nothing_in_a_log() =>
        Assert.DoesNotContain("1234", new PatientPseudonym("ABCDEFGHJK", -1234).ToString(), StringComparison.Ordinal);

    private static void AssertGone(DicomBuilder builder, string token = Token, ProfileOptions options = ProfileOptions.None)
    {
        var dataset = builder.ToBytes();
        foreach (var file in new[]
        {
            new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0").Raw(dataset),
            new DicomBuilder().Sequence(0x00081140, undefined: true, item => item.Raw(dataset)),
        })
        {
            try
            {
                Assert.Null(TokenSearch.Find(Deidentified.Bytes(file.ToFile(), ProfileOf(options)), token));
            }
            catch (PacsbinException e)
            {
                Assert.Equal(PacsbinError.MalformedElement, e.Error);
            }
        }
    }

    private static DicomFile Copy(DicomBuilder builder, ProfileOptions options = ProfileOptions.None) =>
        Deidentified.Open(builder.ToFile(), ProfileOf(options));

    private static DeidentificationProfile ProfileOf(ProfileOptions options) =>
        options == ProfileOptions.None ? DeidentificationProfile.Pacsbin : DeidentificationProfile.Basic.With(options);
}
