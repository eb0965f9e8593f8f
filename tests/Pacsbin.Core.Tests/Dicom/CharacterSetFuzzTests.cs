using System.Diagnostics;
using System.Text;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class CharacterSetFuzzTests
{
    private static readonly string[] Terms =
    [
        "", "ISO_IR 6", "ISO_IR 100", "ISO_IR 101", "ISO_IR 109", "ISO_IR 110", "ISO_IR 144", "ISO_IR 127", "ISO_IR 126", "ISO_IR 138", "ISO_IR 148",
        "ISO_IR 166", "ISO_IR 203", "ISO_IR 13", "ISO 2022 IR 6", "ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 159", "ISO 2022 IR 149",
        "ISO 2022 IR 58", "ISO_IR 192", "GB18030", "GBK", "nonsense",
    ];

    private static readonly Vr[] Vrs = Enum.GetValues<Vr>();

    // Bytes that steer the decoders: escape, its intermediates and finals, delimiters, lead and trail bytes.
    private static readonly byte[] Steering = [.. "\u001B\u001B\u001B$$()-BACDIJLT\\\\^=\r\n\t\f \0!~"u8, 0x80, 0x81, 0xA0, 0xA1, 0xFE, 0xFF];

    [Fact]
    public void Any_bytes_are_decoded_under_any_terms()
    {
        var random = new Random(20);
        for (var run = 0; run < 50_000; run++)
        {
            var terms = string.Join('\\', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Terms[random.Next(Terms.Length)]));
            var value = new byte[random.Next(48)];
            random.NextBytes(value);
            for (var i = 0; i < value.Length; i++)
            {
                value[i] = random.Next(2) == 0 ? value[i] : Steering[random.Next(Steering.Length)];
            }

            var vr = Vrs[random.Next(Vrs.Length)];
            var values = CharacterSet.Parse(Encoding.ASCII.GetBytes(terms)).Decode(value, vr);
            Assert.Equal(value.Length == 0, values.Count == 0);
            Assert.True(values.Sum(text => text.Length) <= value.Length, $"{terms} {vr} {Convert.ToHexString(value)}");
            Assert.True(values.Count <= 1 || values.Count - 1 <= value.Count(b => b == '\\'));
            Assert.True(vr.IsMultiValued() || values.Count <= 1);
        }
    }

    [Fact]
    public void Any_bytes_are_parsed_as_terms()
    {
        var random = new Random(21);
        for (var run = 0; run < 20_000; run++)
        {
            var value = new byte[random.Next(40)];
            random.NextBytes(value);
            Assert.NotNull(CharacterSet.Parse(value));
        }
    }

    [Fact]
    public void Text_without_escapes_keeps_every_ascii_character()
    {
        var ascii = string.Concat(Enumerable.Range(0x20, 0x5F).Select(code => (char)code)) + "\r\n\t\f.";
        foreach (var term in Terms.Where(term => term != "ISO_IR 13" && term != "ISO 2022 IR 13"))
        {
            Assert.Equal([ascii], CharacterSet.Parse(Encoding.ASCII.GetBytes(term)).Decode(Encoding.ASCII.GetBytes(ascii), Vr.UT));
        }
    }

    [Theory]
    [InlineData("\u001B$B")]
    [InlineData("\u001B$(D")]
    [InlineData("\u001B$(C")]
    [InlineData("\u001B$A")]
    public void No_two_byte_character_is_a_backslash(string escape)
    {
        for (var first = 0x21; first <= 0x7E; first++)
        {
            for (var second = 0x21; second <= 0x7E; second++)
            {
                var text = Assert.Single(CharacterSet.Default.Decode([.. Encoding.ASCII.GetBytes(escape), (byte)first, (byte)second], Vr.LO));
                Assert.DoesNotContain("\\", text, StringComparison.Ordinal);
                Assert.True(text.Length <= 1); // an ideographic space stays
            }
        }
    }

    [Theory]
    [InlineData("ISO_IR 100")]
    [InlineData("ISO_IR 192")]
    [InlineData("GB18030")]
    [InlineData("\\ISO 2022 IR 87")]
    public void Eight_megabytes_of_delimiters_and_escapes_take_linear_time(string terms)
    {
        var set = CharacterSet.Parse(Encoding.ASCII.GetBytes(terms));
        var value = new byte[8 << 20];
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = "\u001B$B\\\u001B(B^\u00C3"u8[i % 10];
        }

        var clock = Stopwatch.StartNew();
        Assert.NotEmpty(set.Decode(value, Vr.UT));
        Assert.NotEmpty(set.Decode(value.AsSpan(0, 1 << 20), Vr.UC));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
