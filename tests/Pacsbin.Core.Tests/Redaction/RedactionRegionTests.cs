using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Regions, and the masks that are made of them.</summary>
public sealed class RedactionRegionTests
{
    [Theory]
    [InlineData(0, 0, 100, 50, 0, 0, 100, 50)]
    [InlineData(-1, -1, 1, 1, 99, 49, 1, 1)]
    [InlineData(-100, -50, 100, 50, 0, 0, 100, 50)]
    [InlineData(99, 49, 1, 1, 99, 49, 1, 1)]
    public void A_negative_coordinate_counts_from_the_other_edge(int x, int y, int width, int height, int left, int top, int expectedWidth, int expectedHeight) =>
        Assert.Equal(new PixelArea(left, top, expectedWidth, expectedHeight), new RedactionRegion(x, y, width, height).In(50, 100, 1));

    [Theory]
    [InlineData(0, 0, 101, 1)]
    [InlineData(0, 0, 1, 51)]
    [InlineData(100, 0, 1, 1)]
    [InlineData(-101, 0, 1, 1)]
    [InlineData(-1, 0, 2, 1)]
    [InlineData(int.MaxValue, 0, 1, 1)]
    [InlineData(1, 0, int.MaxValue, 1)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(int.MinValue, int.MinValue, int.MaxValue, int.MaxValue)]
    public void A_part_beyond_the_image_is_an_error_unless_it_is_clipped(int x, int y, int width, int height)
    {
        var region = new RedactionRegion(x, y, width, height);
        Assert.Equal(PacsbinError.RegionOutsideImage, Assert.Throws<PacsbinException>(() => region.In(50, 100, 1)).Error);
        foreach (var shape in Enum.GetValues<RegionShape>())
        {
            var clipped = region with { Clip = true, Shape = shape };
            AssertMask([clipped], 50, 100, 1);
            AssertMask([clipped with { Outside = true }], 50, 100, 1);
        }
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(-3, 5)]
    [InlineData(5, int.MinValue)]
    public void A_region_of_no_size_is_an_error_even_if_it_is_clipped(int width, int height) =>
        Assert.Equal(PacsbinError.RegionOutsideImage, Assert.Throws<PacsbinException>(() => new RedactionRegion(0, 0, width, height) { Clip = true }.In(50, 100, 1)).Error);

    [Theory]
    [InlineData(1, null, true, "1")]
    [InlineData(2, 3, true, "2 3")]
    [InlineData(3, null, true, "3")]
    [InlineData(3, 4, false, "3")]
    [InlineData(4, null, false, "")]
    [InlineData(int.MaxValue, int.MaxValue, false, "")]
    public void A_frame_range_is_counted_from_one_and_ends_with_its_last(int first, int? last, bool isInside, string expected)
    {
        var region = new RedactionRegion(0, 0, 1, 1) { FirstFrame = first, LastFrame = last, Clip = !isInside };
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 3).Where(region.AppliesToFrame).Select(f => f + 1)));
        _ = region.In(50, 100, 3);
        if (!isInside)
        {
            Assert.Throws<PacsbinException>(() => (region with { Clip = false }).In(50, 100, 3));
        }
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    [InlineData(int.MinValue, null)]
    public void A_frame_range_of_no_frames_is_an_error_even_if_it_is_clipped(int first, int? last) =>
        Assert.Throws<PacsbinException>(() => new RedactionRegion(0, 0, 1, 1) { FirstFrame = first, LastFrame = last, Clip = true }.In(50, 100, 3));

    [Theory]
    [InlineData("0,0,800,60", 0, 0, 800, 60)]
    [InlineData(" -5 , -6 , 7 , 8 ", -5, -6, 7, 8)]
    [InlineData("2147483647,-2147483648,1,2147483647", int.MaxValue, int.MinValue, 1, int.MaxValue)]
    public void Text_of_four_numbers_is_a_region(string text, int x, int y, int width, int height)
    {
        Assert.True(RedactionRegion.TryParse(text, out var region));
        Assert.Equal(new RedactionRegion(x, y, width, height), region);
        Assert.True(RedactionRegion.TryParse(region.ToString(), out var again));
        Assert.Equal(region, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1,2,3")]
    [InlineData("1,2,3,4,5")]
    [InlineData("1,2,0,4")]
    [InlineData("1,2,3,-4")]
    [InlineData("1,2,3,2147483648")]
    [InlineData("1;2;3;4")]
    [InlineData("1.5,2,3,4")]
    [InlineData("0x1,2,3,4")]
    [InlineData("1,,3,4")]
    public void Other_text_is_none(string? text) => Assert.False(RedactionRegion.TryParse(text, out _));

    [Fact]
    public void A_mask_is_what_the_words_of_its_regions_say() => Prop.ForAll(Cases(), c => AssertMask(c.Regions, c.Rows, c.Columns, c.Frames)).QuickCheckThrowOnFailure();

    private sealed record Case(RedactionRegion[] Regions, int Rows, int Columns, int Frames);

    private static Arbitrary<Case> Cases()
    {
        var region =
            from x in Gen.Choose(-45, 45)
            from y in Gen.Choose(-45, 45)
            from width in Gen.Choose(1, 60)
            from height in Gen.Choose(1, 60)
            from flags in Gen.Choose(0, 7)
            from first in Gen.Choose(1, 4)
            from last in Gen.Choose(0, 2)
            select new RedactionRegion(x, y, width, height)
            {
                Clip = true,
                Shape = (flags & 1) != 0 ? RegionShape.Ellipse : RegionShape.Rectangle,
                Outside = (flags & 2) != 0,
                FirstFrame = (flags & 4) != 0 ? first : null,
                LastFrame = (flags & 4) != 0 && last > 0 ? first + last : null,
            };
        var cases =
            from rows in Gen.Choose(1, 40)
            from columns in Gen.Choose(1, 40)
            from frames in Gen.Choose(1, 4)
            from count in Gen.Choose(1, 4)
            from regions in region.ArrayOf(count)
            select new Case(regions, rows, columns, frames);
        return cases.ToArbitrary();
    }

    private static void AssertMask(RedactionRegion[] regions, int rows, int columns, int frames)
    {
        var masks = new FrameMasks(regions, rows, columns, frames);
        var isAnyErased = false;
        for (var frame = 0; frame < frames; frame++)
        {
            var mask = masks.Of(frame);
            for (var row = 0; row < rows; row++)
            {
                AssertSpans(mask is null ? [] : mask.Row(row), columns);
                for (var column = 0; column < columns; column++)
                {
                    var expected = Array.Exists(regions, r => Contains(r, rows, columns, frame, row, column));
                    isAnyErased |= expected;
                    if ((mask?.Touches(column, row, column + 1, row + 1) ?? false) != expected || (expected && !masks.All.Touches(column, row, column + 1, row + 1)))
                    {
                        Assert.Fail($"{string.Join(' ', regions.Select(r => $"{r} {r.Shape} {r.Outside} {r.FirstFrame}-{r.LastFrame}"))} in {columns} x {rows}: frame {frame} row {row} column {column} is {!expected}.");
                    }
                }
            }
        }

        Assert.Equal(!isAnyErased, masks.All.IsEmpty);
    }

    private static void AssertSpans(ReadOnlySpan<ColumnSpan> spans, int columns)
    {
        var end = -1;
        foreach (var span in spans)
        {
            Assert.True(span.Start > end && span.End > span.Start && span.End <= columns);
            end = span.End;
        }
    }

    // The oracle counts in 32 bits.
    private static bool Contains(RedactionRegion region, int rows, int columns, int frame, int row, int column)
    {
        if (region.Width < 1_000_000 && region.Height < 1_000_000 && Math.Abs((long)region.X) < 1_000_000 && Math.Abs((long)region.Y) < 1_000_000)
        {
            return RegionOracle.Erases(region, rows, columns, frame, row, column);
        }

        var (x, y) = (region.X < 0 ? (decimal)columns + region.X : region.X, region.Y < 0 ? (decimal)rows + region.Y : region.Y);
        var isInside = column >= x && column < x + region.Width && row >= y && row < y + region.Height;
        if (region.Shape == RegionShape.Ellipse)
        {
            var (dx, dy) = ((column + 0.5m - x - (region.Width / 2m)) / (region.Width / 2m), (row + 0.5m - y - (region.Height / 2m)) / (region.Height / 2m));
            isInside &= (dx * dx) + (dy * dy) <= 1;
        }

        return isInside != region.Outside;
    }
}
