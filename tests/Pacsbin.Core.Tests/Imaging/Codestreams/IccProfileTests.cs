using System.Buffers.Binary;
using System.Text;
using Pacsbin.Imaging.Codestreams;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class IccProfileTests
{
    private static readonly byte[] Curve = Element("curv", [0, 0, 0, 1, 2, 0x33]);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Numbers_stay_and_texts_become_constant(byte version)
    {
        var profile = Rgb(version, ("desc", Element("desc", [.. "DOE^JANE"u8])), ("dmnd", Element("text", [.. "DOE^JANE"u8])),
            ("tech", Element("sig ", [.. "DOE^"u8])), ("priv", Element("XYZ ", [.. "DOE^JANE^^^^"u8])));
        var cleaned = IccProfile.Clean(profile);
        Assert.True(cleaned.AsSpan().IndexOf("DOE"u8) < 0);
        Assert.Equal(["desc", "cprt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"], Tags(cleaned).Select(tag => tag.Name));
        Assert.Equal(version == 2 ? "desc" : "mluc", Encoding.ASCII.GetString(Data(cleaned, "desc"), 0, 4));
        Assert.Equal(version == 2 ? "text" : "mluc", Encoding.ASCII.GetString(Data(cleaned, "cprt"), 0, 4));
        foreach (var name in (string[])["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"])
        {
            Assert.Equal(Data(profile, name), Data(cleaned, name));
        }

        Assert.Equal(cleaned.Length, BinaryPrimitives.ReadInt32BigEndian(cleaned));
        Assert.Equal(cleaned, IccProfile.Clean(cleaned));
    }

    [Fact]
    public void Header_keeps_what_decides_colours()
    {
        var profile = Rgb();
        var kept = (int[])[8, 9, .. Enumerable.Range(12, 12), 36, 37, 38, 39, 47, 63, 67, .. Enumerable.Range(68, 12)];
        foreach (var index in Enumerable.Range(4, 124).Except(kept).Except([10, 11]))
        {
            profile[index] = (byte)'Z';
        }

        profile[47] = profile[63] = profile[67] = 0xFF;
        var cleaned = IccProfile.Clean(profile);
        Assert.True(cleaned.AsSpan(0, 128).IndexOf((byte)'Z') < 0 || profile.AsSpan(12, 12).IndexOf((byte)'Z') >= 0);
        Assert.Equal((3, 15, 3), (cleaned[47], cleaned[63], cleaned[67]));
        Assert.Equal(profile[12..24], cleaned[12..24]);
        Assert.All(Enumerable.Range(84, 44), index => Assert.Equal(0, cleaned[index]));
    }

    [Fact]
    public void Shared_data_stays_shared_and_is_trimmed()
    {
        var curve = Element("curv", [0, 0, 0, 1, 2, 0x33, .. "DOE^JANE"u8]);
        var profile = Rgb(2, ("rTRC", curve), ("gTRC", curve), ("bTRC", curve));
        var cleaned = IccProfile.Clean(profile);
        var curves = Tags(cleaned).Where(tag => tag.Name.EndsWith("TRC", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, curves.Count);
        Assert.Single(curves.Select(tag => tag.Offset).Distinct());
        Assert.All(curves, tag => Assert.Equal(14, tag.Length));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("desc")]
    [InlineData("mluc")]
    [InlineData("dict")]
    [InlineData("data")]
    [InlineData("ZZZZ")]
    public void An_allowed_tag_of_a_text_type_is_dropped(string type)
    {
        var profile = Rgb(4, ("chad", Element(type, [.. "DOE^JANE"u8])), ("lumi", Element(type, [.. "DOE^JANE"u8])));
        Assert.DoesNotContain(Tags(IccProfile.Clean(profile)), tag => tag.Name is "chad" or "lumi");
        Assert.Empty(IccProfile.Clean(Rgb(4, ("rTRC", Element(type, [.. "DOE^JANE"u8])))));
    }

    [Fact]
    public void Lookup_tables_are_trimmed_to_their_size()
    {
        byte[] table8 = [1, 3, 2, 0, .. new byte[36], .. new byte[256 + (2 * 3) + (3 * 256)]];
        byte[] table16 = [3, 3, 2, 0, .. new byte[36], 0, 2, 0, 2, .. new byte[2 * ((2 * 3) + (8 * 3) + (2 * 3))]];
        var cleaned = IccProfile.Clean(Rgb(2, ("A2B0", Element("mft1", [.. table8, .. "DOE"u8])), ("B2A0", Element("mft2", [.. table16, .. "DOE"u8]))));
        Assert.Equal(8 + table8.Length, Data(cleaned, "A2B0").Length);
        Assert.Equal(8 + table16.Length, Data(cleaned, "B2A0").Length);
        Assert.DoesNotContain(Tags(IccProfile.Clean(Rgb(2, ("A2B0", Element("mft1", table8[..^1]))))), tag => tag.Name == "A2B0");
    }

    [Fact]
    public void Multi_function_tables_lose_what_lies_between_their_parts()
    {
        // Three inputs and outputs, B curves at 32, a matrix at 80, a grid of 2 x 2 x 2 at 136; A and M curves are absent.
        byte[] parts =
        [
            3, 3, .. "DO"u8, 0, 0, 0, 32, 0, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 136, 0, 0, 0, 0,
            .. Padded(Curve), .. Padded(Curve), .. Padded(Curve), .. Enumerable.Repeat((byte)7, 48), .. "DOE^JANE"u8,
            2, 2, 2, .. "DOE^JANE^DOE^"u8, 1, .. "DOE"u8, .. Enumerable.Repeat((byte)9, 24), .. "DOE^JANE"u8,
        ];
        var cleaned = IccProfile.Clean(Rgb(4, ("A2B0", Element("mAB ", parts))));
        var table = Data(cleaned, "A2B0");
        Assert.True(cleaned.AsSpan().IndexOf("DO"u8) < 0);
        Assert.Equal(8 + parts.Length, table.Length);
        Assert.Equal(parts[24..72], table[32..80]);
        Assert.All(table[80..128], value => Assert.Equal(7, value));
        Assert.Equal([2, 2, 2], table[136..139]);
        Assert.All(table[156..180], value => Assert.Equal(9, value));
        parts[7] = 200;
        Assert.DoesNotContain(Tags(IccProfile.Clean(Rgb(4, ("A2B0", Element("mAB ", parts))))), tag => tag.Name == "A2B0");
    }

    [Fact]
    public void What_is_no_profile_of_an_image_is_dropped()
    {
        Assert.Empty(IccProfile.Clean([]));
        Assert.Empty(IccProfile.Clean(new byte[200]));
        foreach (var index in (int[])[0, 8, 12, 16, 20, 36, 128, 136, 140])
        {
            var profile = Rgb();
            profile[index] = 0xEE;
            Assert.Empty(IccProfile.Clean(profile));
        }

        Assert.Empty(IccProfile.Clean(Rgb(2, ("rTRC", []))));
        Assert.NotEmpty(IccProfile.Clean([.. Rgb(), .. "DOE^"u8]));
    }

    [Fact]
    public void Corpus_profiles_keep_their_curves_and_colorants()
    {
        using var file = DicomFile.Open(TestData.RequireShared("corpus", "files", "d36a0a4945c5_fall.dcm"));
        Assert.True(file.Dataset.TryGet(new Tag(0x00282000), out var element));
        var profile = element.Value.ToArray();
        var cleaned = IccProfile.Clean(profile);
        foreach (var name in (string[])["wtpt", "rXYZ", "gXYZ", "bXYZ", "lumi", "meas", "rTRC", "gTRC", "bTRC"])
        {
            Assert.Equal(Data(profile, name), Data(cleaned, name));
        }
    }

    /// <summary>A display profile of three colorants and curves; a named tag replaces or follows these.</summary>
    internal static byte[] Rgb(byte version = 2, params (string Name, byte[] Data)[] more)
    {
        var tags = new List<(string Name, byte[] Data)>();
        foreach (var (index, name) in ((string[])["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]).Index())
        {
            tags.Add((name, index < 3 ? Element("XYZ ", [.. new byte[11], (byte)index]) : Curve));
        }

        foreach (var tag in more)
        {
            var at = tags.FindIndex(other => other.Name == tag.Name);
            if (at >= 0)
            {
                tags[at] = tag;
            }
            else
            {
                tags.Add(tag);
            }
        }

        var profile = new List<byte>(new byte[132 + (12 * tags.Count)]);
        var table = new byte[12 * tags.Count];
        var known = new Dictionary<byte[], int>();
        for (var index = 0; index < tags.Count; index++)
        {
            if (!known.TryGetValue(tags[index].Data, out var offset))
            {
                known.Add(tags[index].Data, offset = profile.Count);
                profile.AddRange(tags[index].Data);
                profile.AddRange(new byte[-profile.Count & 3]);
            }

            Encoding.ASCII.GetBytes(tags[index].Name, table.AsSpan(12 * index));
            BinaryPrimitives.WriteInt32BigEndian(table.AsSpan((12 * index) + 4), offset);
            BinaryPrimitives.WriteInt32BigEndian(table.AsSpan((12 * index) + 8), tags[index].Data.Length);
        }

        var bytes = profile.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        bytes[8] = version;
        "mntrRGB XYZ "u8.CopyTo(bytes.AsSpan(12));
        "acsp"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(128), tags.Count);
        table.CopyTo(bytes, 132);
        return bytes;
    }

    private static byte[] Element(string type, byte[] contents) => [.. Encoding.ASCII.GetBytes(type), 0, 0, 0, 0, .. contents];

    private static byte[] Padded(byte[] element) => [.. element, .. new byte[-element.Length & 3]];

    private static List<(string Name, int Offset, int Length)> Tags(byte[] profile) =>
        [.. Enumerable.Range(0, BinaryPrimitives.ReadInt32BigEndian(profile.AsSpan(128))).Select(index => (
            Encoding.ASCII.GetString(profile, 132 + (12 * index), 4),
            BinaryPrimitives.ReadInt32BigEndian(profile.AsSpan(136 + (12 * index))),
            BinaryPrimitives.ReadInt32BigEndian(profile.AsSpan(140 + (12 * index)))))];

    private static byte[] Data(byte[] profile, string name)
    {
        var tag = Tags(profile).Single(tag => tag.Name == name);
        return profile[tag.Offset..(tag.Offset + tag.Length)];
    }
}
