using System.Text;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class CharacterSetTests
{
    // The bytes are Latin-1 text here, so that each character is one byte. \u001B is the escape character.
    [Theory]
    [InlineData("", "Adams^John", "Adams^John")]
    [InlineData("ISO_IR 100", "Buc^J\u00E9r\u00F4me", "Buc^Jérôme")]
    [InlineData("ISO_IR 100", "\u00C4neas^R\u00FCdiger", "Äneas^Rüdiger")]
    [InlineData("ISO_IR 101", "Wa\u00B3\u00EAsa", "Wałęsa")]
    [InlineData("ISO_IR 109", "\u00A6\u00B6", "Ĥĥ")]
    [InlineData("ISO_IR 110", "\u00C7\u00E7", "Įį")]
    [InlineData("ISO_IR 144", "\u00BB\u00EEkce\u00DC\u00D1yp\u00D3", "Люkceмбypг")]
    [InlineData("ISO_IR 127", "\u00E2\u00C8\u00C7\u00E6\u00EA^\u00E4\u00E6\u00D2\u00C7\u00D1", "قباني^لنزار")]
    [InlineData("ISO_IR 126", "\u00C4\u00E9\u00EF\u00ED\u00F5\u00F3\u00E9\u00EF\u00F2", "Διονυσιος")]
    [InlineData("ISO_IR 138", "\u00F9\u00F8\u00E5\u00EF^\u00E3\u00E1\u00E5\u00F8\u00E4", "שרון^דבורה")]
    [InlineData("ISO_IR 148", "\u00C7avu\u00FEo\u00F0lu", "Çavuşoğlu")]
    [InlineData("ISO_IR 166", "\u00CA\u00C1\u00AA\u00D2\u00C2", "สมชาย")]
    [InlineData("ISO_IR 203", "\u00A4 \u00BD", "€ œ")]
    [InlineData("ISO_IR 13", "\u00D4\u00CF\u00C0\u00DE^\u00C0\u00DB\u00B3", "ﾔﾏﾀﾞ^ﾀﾛｳ")]
    [InlineData("ISO_IR 192", "Wang^XiaoDong=\u00E7\u008E\u008B^\u00E5\u00B0\u008F\u00E6\u009D\u00B1=", "Wang^XiaoDong=王^小東=")]
    [InlineData("GB18030", "Wang^XiaoDong=\u00CD\u00F5^\u00D0\u00A1\u00B6\u00AB=", "Wang^XiaoDong=王^小东=")]
    [InlineData("GBK", "Wang^XiaoDong=\u00CD\u00F5^\u00D0\u00A1\u00B6\u00AB=", "Wang^XiaoDong=王^小东=")]
    [InlineData("GB18030", "\u00819\u00EE9\u00952\u00837", "\u3400\U0002000B")]
    [InlineData("\\ISO 2022 IR 144", "\u001B-L\u00BB\u00EE", "Лю")]
    [InlineData("ISO 2022 IR 100\\ISO 2022 IR 144", "J\u00E9^\u001B-L\u00BB\u00EE^\u00E9", "Jé^Лю^é")]
    [InlineData("ISO 2022 IR 100\\ISO 2022 IR 126", "\u001B-F\u00C4\u001B-A\u00E9", "Δé")]
    public void Names_are_decoded(string terms, string bytes, string name) => Assert.Equal([name], Decode(terms, bytes, Vr.PN));

    [Fact]
    public void PS3_5_H_3_1_kanji_with_ascii() => Assert.Equal(
        ["Yamada^Tarou=山田^太郎=やまだ^たろう"],
        Decode("\\ISO 2022 IR 87", "Yamada^Tarou=\u001B$B;3ED\u001B(B^\u001B$BB@O:\u001B(B=\u001B$B$d$^$@\u001B(B^\u001B$B$?$m$&\u001B(B", Vr.PN));

    [Fact]
    public void PS3_5_H_3_2_kanji_with_katakana() => Assert.Equal(
        ["ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"],
        Decode("ISO 2022 IR 13\\ISO 2022 IR 87", "\u00D4\u00CF\u00C0\u00DE^\u00C0\u00DB\u00B3=\u001B$B;3ED\u001B(J^\u001B$BB@O:\u001B(J=\u001B$B$d$^$@\u001B(J^\u001B$B$?$m$&\u001B(J", Vr.PN));

    [Fact]
    public void PS3_5_I_2_hangul_and_hanja() => Assert.Equal(
        ["Hong^Gildong=洪^吉洞=홍^길동"],
        Decode("\\ISO 2022 IR 149", "Hong^Gildong=\u001B$)C\u00FB\u00F3^\u001B$)C\u00D1\u00CE\u00D4\u00D7=\u001B$)C\u00C8\u00AB^\u001B$)C\u00B1\u00E6\u00B5\u00BF", Vr.PN));

    [Fact]
    public void PS3_5_K_2_hanzi() => Assert.Equal(
        ["Zhang^XiaoDong=张^小东="],
        Decode("\\ISO 2022 IR 58", "Zhang^XiaoDong=\u001B$)A\u00D5\u00C5^\u001B$)A\u00D0\u00A1\u00B6\u00AB=", Vr.PN));

    [Fact]
    public void Supplementary_kanji_are_decoded() =>
        Assert.Equal(["丂a"], Decode("\\ISO 2022 IR 87\\ISO 2022 IR 159", "\u001B$(D0!\u001B(Ba", Vr.LO));

    [Fact]
    public void A_two_byte_character_may_hold_the_separator()
    {
        Assert.Equal(["誠", "b"], Decode("GBK", "\u00D5\\\\b", Vr.LO));
        Assert.Equal(["蝦", "b"], Decode("\\ISO 2022 IR 87", "\u001B$B2\\\u001B(B\\b", Vr.LO));
    }

    [Theory]
    [InlineData("ISO_IR 100", "a\\b ", "a|b")]
    [InlineData("ISO_IR 100", " a \\ b\0", "a|b")]
    [InlineData("ISO_IR 100", "\\", "|")]
    [InlineData("ISO_IR 100", "  ", "")]
    [InlineData("ISO_IR 192", "\u00C3\u00A9\\b", "é|b")]
    [InlineData("ISO_IR 13", "\u00B1\\~", "ｱ|‾")]
    public void Values_are_split_and_trimmed(string terms, string bytes, string values) =>
        Assert.Equal(values.Split('|'), Decode(terms, bytes, Vr.LO));

    [Theory]
    [InlineData(Vr.LT)]
    [InlineData(Vr.ST)]
    [InlineData(Vr.UT)]
    public void Long_text_keeps_backslashes_and_leading_spaces(Vr vr)
    {
        Assert.Equal([" a\\b"], Decode("ISO_IR 100", " a\\b ", vr));
        Assert.Equal([" ｱ\u00A5b"], Decode("ISO_IR 13", " \u00B1\\b ", vr)); // ISO-IR 14 has a yen sign there
    }

    [Fact]
    public void An_empty_value_has_no_values() => Assert.Empty(Decode("ISO_IR 100", "", Vr.LO));

    [Theory]
    [InlineData(Vr.LT, "\r\n", "é\r\nЛюé")]
    [InlineData(Vr.LT, "\t", "é\tЛюé")]
    [InlineData(Vr.LT, "\f", "é\fЛюé")]
    public void PS3_5_6_1_2_5_3_controls_reset_the_code_tables(Vr vr, string delimiter, string text)
    {
        var reset = Decode("ISO 2022 IR 100\\ISO 2022 IR 144", $"\u001B-L\u00BB{delimiter}\u00E9", vr);
        Assert.Equal([$"Л{delimiter}é"], reset);
        Assert.Equal([text], Decode("ISO 2022 IR 100\\ISO 2022 IR 144", $"\u00E9{delimiter}\u001B-L\u00BB\u00EE\u001B-A\u00E9", vr));
    }

    [Theory]
    [InlineData(Vr.PN, "^", "é")]
    [InlineData(Vr.PN, "=", "é")]
    [InlineData(Vr.LO, "^", "щ")]
    [InlineData(Vr.LO, "=", "щ")]
    [InlineData(Vr.LT, "\\", "щ")]
    public void PS3_5_6_1_2_5_3_name_delimiters_reset_in_names_only(Vr vr, string delimiter, string last) =>
        Assert.Equal([$"Л{delimiter}{last}"], Decode("ISO 2022 IR 100\\ISO 2022 IR 144", $"\u001B-L\u00BB{delimiter}\u00E9", vr));

    [Fact]
    public void PS3_5_6_1_2_5_3_the_value_separator_resets_the_code_tables() =>
        Assert.Equal(["Л", "é"], Decode("ISO 2022 IR 100\\ISO 2022 IR 144", "\u001B-L\u00BB\\\u00E9", Vr.LO));

    [Theory]
    [InlineData("ISO-IR 100")]
    [InlineData("ISO IR 100")]
    [InlineData("ISO_IR_100")]
    [InlineData("ISO_IR 100 ")]
    [InlineData("ISO_IR100\0")]
    [InlineData("iso_ir 100")]
    [InlineData("ISO 2022 IR 100")]
    [InlineData("ISO_2022_IR_100")]
    [InlineData("ISO 8859-1")]
    [InlineData("IR 100")]
    public void Spellings_found_in_files_are_known(string term)
    {
        Assert.True(Parse(term).IsKnown);
        Assert.Same(Parse("ISO_IR 100"), Parse(term));
    }

    [Theory]
    [InlineData("UTF-8", "ISO_IR 192")]
    [InlineData("ISO 2022 GBK", "GBK")]
    [InlineData("ISO_IR 6", "")]
    [InlineData("\\ISO_IR 192", "ISO_IR 192")] // not allowed, but it cannot mean anything else
    public void Other_terms_stand_for_the_standard_ones(string term, string standard) => Assert.Same(Parse(standard), Parse(term));

    [Theory]
    [InlineData("ISO_IR 999")]
    [InlineData("ISO_IR")]
    [InlineData("nonsense")]
    [InlineData("ISO_IR 100, ISO_IR 101")]
    [InlineData("ISO_IR 1001001001001001001001")]
    public void Unknown_terms_are_read_as_latin_1(string term)
    {
        Assert.False(Parse(term).IsKnown);
        Assert.Equal(["é"], Decode(term, "\u00E9", Vr.LO));
    }

    [Fact]
    public void A_known_value_beside_an_unknown_one_is_used()
    {
        var set = Parse("ISO_IR 144\\nonsense");
        Assert.False(set.IsKnown);
        Assert.Equal(["Л"], set.Decode([0xBB], Vr.LO));
    }

    [Fact]
    public void Bytes_above_7F_without_any_set_are_read_as_latin_1() => Assert.Equal(["é"], CharacterSet.Default.Decode([0xE9], Vr.LO));

    [Theory]
    [InlineData("\\ISO 2022 IR 149", "\u00C8\u00AB", "홍")]
    [InlineData("ISO 2022 IR 6\\ISO 2022 IR 58", "\u00D5\u00C5", "张")]
    [InlineData("\\ISO 2022 IR 144", "\u00BB", "Л")]
    public void A_missing_escape_sequence_is_supplied_from_the_declared_set(string terms, string bytes, string text) =>
        Assert.Equal([text], Decode(terms, bytes, Vr.LO));

    [Theory]
    [InlineData("\\ISO 2022 IR 149", "\u001B$)C\u00C8\\b", "\uFFFD|b")]
    [InlineData("\\ISO 2022 IR 149", "\u00C8", "\uFFFD")]
    [InlineData("\\ISO 2022 IR 87", "\u001B$B;", "\uFFFD")]
    [InlineData("\\ISO 2022 IR 87", "\u001B$B;\ra", "\uFFFD\ra")]
    [InlineData("\\ISO 2022 IR 87", "\u001B%Gab", "\uFFFD%Gab")]
    [InlineData("\\ISO 2022 IR 87", "a\u001B", "a\uFFFD")]
    [InlineData("\\ISO 2022 IR 87", "a\u001B$", "a\uFFFD$")]
    [InlineData("ISO_IR 109", "\u00A5", "\uFFFD")]
    [InlineData("ISO_IR 192", "\u00FF\u00C3\\b", "\uFFFD\uFFFD|b")]
    public void Bytes_that_mean_nothing_become_replacement_characters(string terms, string bytes, string values) =>
        Assert.Equal(values.Split('|'), Decode(terms, bytes, Vr.LO));

    [Fact]
    public void Parsing_allocates_nothing()
    {
        var term = "ISO 2022 IR 13\\ISO 2022 IR 87"u8;
        CharacterSet.Parse(term);
        var before = GC.GetAllocatedBytesForCurrentThread();
        CharacterSet.Parse(term);
        CharacterSet.Parse("ISO_IR 192"u8);
        CharacterSet.Parse("\\ISO 2022 IR 149\\unknown"u8);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static CharacterSet Parse(string terms) => CharacterSet.Parse(Encoding.Latin1.GetBytes(terms));

    private static IReadOnlyList<string> Decode(string terms, string bytes, Vr vr) => Parse(terms).Decode(Encoding.Latin1.GetBytes(bytes), vr);
}
