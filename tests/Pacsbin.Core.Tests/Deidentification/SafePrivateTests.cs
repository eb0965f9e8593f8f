using System.Globalization;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>PS3.15 E.3.10: safe private attributes by creator and block.</summary>
public class SafePrivateTests
{
    private const uint Kept = 0x00081115;
    private static readonly DeidentificationProfile Safe = DeidentificationProfile.Basic.With(ProfileOptions.RetainSafePrivate);

    private sealed record Attribute(string Creator, ushort Group, byte Element, string Vr)
    {
        public uint CreatorTag(int block) => new Tag(Group, (ushort)block).Value;

        public uint TagIn(int block) => new Tag(Group, (ushort)((block << 8) | Element)).Value;
    }

    [Theory]
    [InlineData(0x10, Encoded.ExplicitLittle)]
    [InlineData(0x7F, Encoded.ExplicitLittle)]
    [InlineData(0xFF, Encoded.ExplicitLittle)]
    [InlineData(0x10, Encoded.ImplicitLittle)]
    [InlineData(0x7F, Encoded.ExplicitBig)]
    internal void All_479_are_kept_with_their_creator_in_any_block_at_the_root_and_nested(int block, Encoded form)
    {
        var faults = new List<string>();
        foreach (var attribute in All())
        {
            if (form == Encoded.ImplicitLittle && attribute.Vr.Length == 0)
            {
                continue; // neither the file nor the table gives a VR: nothing says what the bytes are
            }

            using var copy = Deidentified.Open(File(attribute, form, block, block, attribute.Creator), Safe);
            foreach (var dataset in new[] { copy.Dataset, copy.Dataset.Item(Kept) })
            {
                if (dataset.Text(attribute.CreatorTag(block)) != attribute.Creator || !IsKept(attribute, dataset, block))
                {
                    faults.Add($"{attribute} in block {block:X2}{(dataset.Parent is null ? "" : ", nested")}");
                }
            }
        }

        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(0x10, 0x10, "ANOTHER CREATOR")]
    [InlineData(0x10, 0x11, null)]
    [InlineData(0x10, 0x10, "")]
    public void None_is_kept_under_another_creator_another_block_or_none(int creatorBlock, int block, string? creator)
    {
        foreach (var attribute in All())
        {
            using var copy = Deidentified.Open(File(attribute, Encoded.ExplicitLittle, creatorBlock, block, creator ?? attribute.Creator), Safe);
            AssertNoPrivate(copy.Dataset);
        }
    }

    [Fact]
    public void None_is_kept_without_the_option()
    {
        foreach (var attribute in All())
        {
            using var copy = Deidentified.Open(File(attribute, Encoded.ExplicitLittle, 0x10, 0x10, attribute.Creator), DeidentificationProfile.Pacsbin);
            AssertNoPrivate(copy.Dataset);
        }
    }

    [Fact]
    public void Two_creators_of_one_group_keep_their_own_blocks()
    {
        // (7053,xx00) and (7053,xx09) are safe under the first creator only.
        var file = new DicomBuilder()
            .Element(0x70530010, "LO", "SOMEBODY ELSE ")
            .Element(0x70530011, "LO", "Philips PET Private Group ")
            .Element(0x70531000, "DS", "1.5 ")
            .Element(0x70531100, "DS", "2.5 ")
            .Element(0x70531105, "LO", Originals.Text)
            .Element(0x70531109, "DS", "3.5 ")
            .ToFile();
        using var copy = Deidentified.Open(file, Safe);
        Assert.Equal(
            [0x70530011u, 0x70531100u, 0x70531109u],
            Tags(copy.Dataset).Where(t => t.IsPrivate).Select(t => t.Value));
        Assert.Equal("2.5", copy.Dataset.Text(0x70531100));
    }

    [Fact]
    public void A_creator_padded_in_another_way_is_the_same()
    {
        var file = new DicomBuilder().Element(0x70530010, "LO", "Philips PET Private Group\0").Element(0x70531000, "DS", "1.5 ").ToFile();
        using var copy = Deidentified.Open(file, Safe);
        Assert.Equal("1.5", copy.Dataset.Text(0x70531000));
    }

    [Fact]
    public void A_safe_sequence_is_walked_by_the_rules()
    {
        var file = new DicomBuilder()
            .Element(0x20010010, "LO", "Philips Imaging DD 001")
            .Sequence(0x2001105F, undefined: true, item => item
                .Element(0x00081155, "UI", Originals.Ascii(Originals.Uid))
                .Element(0x00100010, "PN", "A^B ")
                .Element(0x20030010, "LO", "UNSAFE")
                .Element(0x20031010, "LO", Originals.Text))
            .ToFile();
        using var copy = Deidentified.Open(file, Safe);
        var inside = copy.Dataset.Item(0x2001105F);
        Assert.Equal(Deidentified.UidOf(Originals.Uid), inside.Text(0x00081155));
        Assert.NotEqual("A^B", inside.Text(0x00100010));
        AssertNoPrivate(inside);
    }

    [Fact]
    public void Uids_in_safe_attributes_are_replaced_unless_uids_are_retained()
    {
        var uids = All().Where(a => a.Vr == "UI").ToList();
        Assert.Equal(7, uids.Count);
        foreach (var attribute in uids)
        {
            var file = File(attribute, Encoded.ExplicitLittle, 0x10, 0x10, attribute.Creator);
            using var copy = Deidentified.Open(file, Safe);
            Assert.Equal(Deidentified.UidOf(Originals.Uid), copy.Dataset.Text(attribute.TagIn(0x10)));
            using var kept = Deidentified.Open(file, Safe.With(ProfileOptions.RetainUids));
            Assert.Equal(Originals.Uid, kept.Dataset.Text(attribute.TagIn(0x10)));
        }
    }

    [Fact]
    public void Private_elements_without_room_for_a_creator_go()
    {
        // PS3.5 7.8.1: (gggg,0001) to (gggg,000F) must not be used.
        var file = new DicomBuilder().Element(0x70530001, "LO", Originals.Text).Element(0x7053000F, "LO", Originals.Text).ToFile();
        using var copy = Deidentified.Open(file, Safe);
        AssertNoPrivate(copy.Dataset);
    }

    private static List<Attribute> All() =>
        [.. Csv.Read(TestData.RequireShared("standard", "safe-private.csv")).Select(r => new Attribute(
            r["private_creator"],
            ushort.Parse(r["tag"].AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            byte.Parse(r["tag"].AsSpan(6, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            r["vr"].Split('/')[0]))];

    private static byte[] File(Attribute attribute, Encoded form, int creatorBlock, int block, string creator)
    {
        void Add(DicomBuilder to)
        {
            to.Element(attribute.CreatorTag(creatorBlock), "LO", Originals.Ascii(creator, ' '));
            to.Original(new Tag(attribute.TagIn(block)), attribute.Vr.Length == 0 ? "FD" : attribute.Vr);
        }

        var file = new DicomBuilder(form).Sequence(Kept, undefined: true, Add);
        Add(file);
        return file.ToFile();
    }

    private static bool IsKept(Attribute attribute, DicomDataset dataset, int block)
    {
        if (!dataset.TryGet(new Tag(attribute.TagIn(block)), out var element))
        {
            return false;
        }

        return attribute.Vr switch
        {
            "SQ" => element.Sequence?.Items is [var item] && item.Text(0x00080104) == Originals.Text,
            "UI" => dataset.Text(attribute.TagIn(block)) == Deidentified.UidOf(Originals.Uid),
            _ => element.Value.Span.SequenceEqual(Originals.Of(attribute.Vr.Length == 0 ? "FD" : attribute.Vr)) || IsSwapped(element, attribute.Vr),
        };
    }

    /// <summary>A fixture in big endian has the same bytes, which mean another number.</summary>
    private static bool IsSwapped(DicomElement element, string vr) => element.Value.Span.ToArray().Order().SequenceEqual(Originals.Of(vr.Length == 0 ? "FD" : vr).Order());

    private static IEnumerable<Tag> Tags(DicomDataset dataset)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            yield return dataset[i].Tag;
        }
    }

    private static void AssertNoPrivate(DicomDataset dataset)
    {
        Assert.DoesNotContain(Tags(dataset), t => t.IsPrivate);
        for (var i = 0; i < dataset.Count; i++)
        {
            dataset[i].Sequence?.Items.ForEach(AssertNoPrivate);
        }
    }
}
