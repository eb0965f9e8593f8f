using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Compressed frames that hide pixels where no region reaches: they are dropped, or the file is refused.</summary>
public sealed class EncodedDeceptionTests
{
    private const string Rle = "1.2.840.10008.1.2.5";
    private const string Uncompressed = "1.2.840.10008.1.2.1.98";
    private const string Deflated = "1.2.840.10008.1.2.8.1";
    private const string Baseline = "1.2.840.10008.1.2.4.50";
    private const string Progressive = "1.2.840.10008.1.2.4.55";
    private const string Lossless = "1.2.840.10008.1.2.4.70";
    private static readonly TextImage Gray = new("MONOCHROME2", 1, 8, 8);
    private static readonly RedactionRegion Top = new(0, 0, 112, 24);

    public static TheoryData<string> Syntaxes => [Rle, Uncompressed, Deflated, Baseline, Progressive, Lossless];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void A_second_frame_of_an_image_that_says_it_has_one_is_dropped(string syntax)
    {
        var frames = Frames(syntax);
        foreach (var wrapping in new[] { Wrapping.Plain, Wrapping.BasicOffsets, Wrapping.ExtendedOffsets })
        {
            AssertDropped((Gray with { Frames = 1 }).ToEncapsulated(syntax, [frames[0], frames[2]], wrapping), frames[2].AsSpan(^400..), Top);
        }
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Bytes_after_the_end_of_a_frame_are_dropped_from_erased_ones_and_others(string syntax)
    {
        var secret = Secret();
        byte[][] frames = [.. Frames(syntax).Select(f => (byte[])[.. f, .. secret])];
        AssertDropped(Gray.ToEncapsulated(syntax, frames), secret, Top with { FirstFrame = 2 });
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Fewer_frames_than_the_image_says_are_refused(string syntax) =>
        AssertRefused(Gray.ToEncapsulated(syntax, [.. Frames(syntax).Take(2)]));

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Frames_of_no_bytes_are_refused(string syntax) =>
        AssertRefused(Gray.ToEncapsulated(syntax, [[], [], []], Wrapping.Holes));

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void A_table_that_leaves_fragments_to_no_frame_hides_nothing(string syntax)
    {
        var frames = Frames(syntax);
        var two = Gray with { Frames = 2 };
        foreach (var table in new uint[][] { [0, (uint)(16 + frames[0].Length + frames[1].Length)], [0, (uint)(8 + frames[0].Length)], [0, 3], [(uint)(8 + frames[0].Length), 0] })
        {
            var file = WithTable(two.ToEncapsulated(syntax, frames, Wrapping.BasicOffsets), table);
            byte[] erased;
            try
            {
                erased = Erased.Of(file, Top);
            }
            catch (PacsbinException)
            {
                continue; // as good
            }

            var shown = Decoded.Of(erased);
            Assert.Equal(2, shown.Frames.Length);
            Assert.All(shown.Frames, frame => Assert.All(frame[..(112 * 24)], cell => Assert.Equal(0, cell)));
            if (shown.TransferSyntax == syntax)
            {
                OffsetTables.Of(erased).AssertTrue(2, hasBasic: true, hasExtended: false);
            }
        }
    }

    [Theory]
    [InlineData(Baseline)]
    [InlineData(Progressive)]
    [InlineData(Lossless)]
    [InlineData(Rle)]
    public void A_size_that_is_not_the_frames_is_refused(string syntax)
    {
        foreach (var (rows, columns) in new[] { (72, 224), (144, 112), (36, 112), (72, 56), (112, 72) })
        {
            if (syntax != Rle || rows * columns > 72 * 112)
            {
                AssertRefused((Gray with { Rows = rows, Columns = columns }).ToEncapsulated(syntax, Frames(syntax)), new RedactionRegion(0, 0, 9, 9));
            }
        }
    }

    [Theory]
    [InlineData(Baseline)]
    [InlineData(Progressive)]
    [InlineData(Lossless)]
    public void A_size_that_changes_from_frame_to_frame_is_refused(string syntax)
    {
        var frames = Frames(syntax);
        frames[1] = Frames(syntax, Gray with { Rows = 80 })[1];
        AssertRefused(Gray.ToEncapsulated(syntax, frames));
    }

    [Theory]
    [InlineData(Baseline, Progressive)]
    [InlineData(Baseline, Lossless)]
    [InlineData(Progressive, Baseline)]
    [InlineData(Lossless, Baseline)]
    public void Frames_of_different_kinds_are_erased_or_refused(string first, string second)
    {
        var frames = Frames(first);
        frames[1] = Frames(second)[1];
        try
        {
            var shown = Decoded.Of(Erased.Of(Gray.ToEncapsulated(first, frames), Top));
            Assert.All(shown.Frames, frame => Assert.All(frame[..(112 * 24)], cell => Assert.Equal(0, cell)));
        }
        catch (PacsbinException e)
        {
            Assert.Contains(e.Error, new[] { PacsbinError.UnsupportedTransferSyntax, PacsbinError.MalformedElement });
        }
    }

    [Fact]
    public void A_component_that_the_data_set_denies_is_erased_too()
    {
        var color = new TextImage("RGB", 3, 8, 8) { Frames = 1 };
        var frames = JpegRedactionTests.FramesOf(JpegRedactionTests.Compress(color, "+eb +s4"));
        var erased = Erased.Of((Gray with { Frames = 1 }).ToEncapsulated(Baseline, frames), Top);
        var shown = Decoded.Of((color with { Photometric = "YBR_FULL" }).ToEncapsulated(Baseline, JpegRedactionTests.FramesOf(erased)));
        for (var i = 0; i < 112 * 24; i++)
        {
            Assert.Equal([0, 128, 128], shown.Frames[0].AsSpan(3 * i, 3).ToArray());
        }
    }

    [Fact]
    public void Bytes_between_RLE_segments_and_runs_beyond_the_last_pixel_are_dropped()
    {
        var secret = Secret();
        var image = new TextImage("MONOCHROME2", 1, 16, 16) { Frames = 2 };
        byte[][] frames = [.. image.NativeFrames().Select(f =>
        {
            var frame = RleEncoder.Encode(f, 1, 2, false);
            var second = BitConverter.ToInt32(frame, 8);
            BitConverter.GetBytes(second + 8 + secret.Length).CopyTo(frame, 8);

            // Unused offsets, a literal run after the last pixel, and bytes without a run.
            secret[..8].CopyTo(frame, 40);
            return (byte[])[.. frame[..second], 127, .. secret, .. new byte[7], .. frame[second..], .. secret];
        })];
        AssertDropped(image.ToEncapsulated(Rle, frames), secret, Top with { FirstFrame = 1 });
    }

    [Theory]
    [InlineData(Uncompressed)]
    [InlineData(Deflated)]
    public void Pixels_beyond_the_frame_are_dropped(string syntax)
    {
        var secret = Secret();
        byte[][] frames = [.. Gray.NativeFrames().Select(f => (byte[])[.. f, .. secret]).Select(f => syntax == Deflated ? DicomBuilder.Deflate(f) : f)];
        var erased = Erased.Of(Gray.ToEncapsulated(syntax, frames), Top with { FirstFrame = 3 });
        Assert.All(JpegRedactionTests.FramesOf(erased), f => Assert.True(Inflated(f, syntax).AsSpan().IndexOf(secret) < 0));
    }

    [Theory]
    [InlineData(Uncompressed)]
    [InlineData(Deflated)]
    [InlineData(Rle)]
    public void Frames_of_too_few_pixels_are_refused(string syntax) =>
        AssertRefused((Gray with { Rows = 80 }).ToEncapsulated(syntax, Frames(syntax)));

    private static byte[] Inflated(byte[] frame, string syntax)
    {
        if (syntax != Deflated)
        {
            return frame;
        }

        using var all = new MemoryStream();
        using var stream = new System.IO.Compression.DeflateStream(new MemoryStream(frame), System.IO.Compression.CompressionMode.Decompress);
        stream.CopyTo(all);
        return all.ToArray();
    }

    private static byte[] Secret() => [.. Enumerable.Range(0, 120).Select(i => (byte)(1 + (i * 53 % 250)))];

    /// <summary>The image's frames in a syntax, each of an even number of bytes.</summary>
    private static List<byte[]> Frames(string syntax, TextImage? image = null)
    {
        image ??= Gray;
        var native = image.NativeFrames();
        List<byte[]> frames = syntax switch
        {
            Rle => [.. native.Select(f => RleEncoder.Encode(f, 1, 1, false))],
            Uncompressed => [.. native],
            Deflated => [.. native.Select(DicomBuilder.Deflate)],
            _ => JpegRedactionTests.FramesOf(JpegRedactionTests.Compress(image, syntax == Baseline ? "+eb" : syntax == Progressive ? "+ep" : "+e1")),
        };
        return frames.ConvertAll(f => f.Length % 2 == 0 ? f : [.. f, 0]);
    }

    private static byte[] WithTable(byte[] file, uint[] table)
    {
        var at = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]) + 12;
        var old = BitConverter.ToInt32(file, at + 4);
        return [.. file[..(at + 4)], .. BitConverter.GetBytes(4 * table.Length), .. table.SelectMany(BitConverter.GetBytes), .. file[(at + 8 + old)..]];
    }

    private static void AssertDropped(byte[] file, ReadOnlySpan<byte> secret, RedactionRegion region)
    {
        Assert.True(file.AsSpan().IndexOf(secret) >= 0, "The secret is not in the source.");
        Assert.True(Erased.Of(file, region).AsSpan().IndexOf(secret) < 0, "The secret is in the erased file.");
        Assert.True(Erased.AndDeidentified(file, region).AsSpan().IndexOf(secret) < 0, "The secret is in the de-identified file.");
    }

    private static void AssertRefused(byte[] file, RedactionRegion? region = null)
    {
        Assert.Throws<PacsbinException>(() => Erased.Of(file, region ?? Top));
        Assert.Throws<PacsbinException>(() => Erased.AndDeidentified(file, region ?? Top));
    }
}
