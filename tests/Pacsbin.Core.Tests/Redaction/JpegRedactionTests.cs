using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Erasing of whole files whose frames dcmtk has made JPEG of, as the product and other decoders see them.</summary>
public sealed class JpegRedactionTests
{
    private const string Baseline = "1.2.840.10008.1.2.4.50";

    public static TheoryData<string, string, int, int, int, ulong[]> InPlace => new()
    {
        { "+eb", "MONOCHROME2", 1, 8, 8, [0] },
        { "+eb -ho +q 40", "MONOCHROME2", 1, 8, 8, [0] },
        { "+eb", "MONOCHROME1", 1, 8, 8, [255] },
        { "+ee", "MONOCHROME2", 1, 8, 8, [0] },
        { "+eb +s4", "RGB", 3, 8, 8, [0, 128, 128] },
        { "+eb +s2", "RGB", 3, 8, 8, [0, 128, 128] },
        { "+eb +np", "RGB", 3, 8, 8, [0, 128, 128] },
        { "+eb +cr", "RGB", 3, 8, 8, [0, 0, 0] },
        { "+ee +s2", "RGB", 3, 8, 8, [0, 128, 128] },
    };

    public static TheoryData<string, string, int, int, int, ulong[]> ByDecoding => new()
    {
        { "+ee", "MONOCHROME2", 1, 16, 12, [0] },
        { "+ep", "MONOCHROME2", 1, 8, 8, [0] },
        { "+ep", "MONOCHROME1", 1, 16, 12, [4095] },
        { "+es", "MONOCHROME2", 1, 8, 8, [0] },
        { "+ep +s2", "RGB", 3, 8, 8, [0, 128, 128] },
        { "+el +sv 6", "MONOCHROME2", 1, 8, 8, [0] },
        { "+el +sv 4", "MONOCHROME2", 1, 16, 12, [0] },
        { "+el +sv 7", "RGB", 3, 8, 8, [0, 0, 0] },
        { "+e1", "MONOCHROME2", 1, 8, 8, [0] },
        { "+e1", "MONOCHROME1", 1, 8, 8, [255] },
        { "+e1", "MONOCHROME2", 1, 16, 12, [0] },
        { "+e1", "MONOCHROME2", 1, 16, 16, [0] },
        { "+e1", "RGB", 3, 8, 8, [0, 0, 0] },
        { "+e1", "YBR_FULL", 3, 8, 8, [0, 128, 128] },
    };

    [Theory]
    [MemberData(nameof(InPlace))]
    public void Sequential_frames_lose_the_touched_blocks_and_nothing_else(string options, string photometric, int samples, int allocated, int stored, ulong[] fill)
    {
        var file = Compress(new TextImage(photometric, samples, allocated, stored), options);
        var (width, height) = McuOf(file);
        foreach (var regions in Regions)
        {
            var erased = Erased.Of(file, regions);
            var (before, after) = (Decoded.Of(file), Decoded.Of(erased));
            Assert.Equal(before.TransferSyntax, after.TransferSyntax);
            var touched = Touched(regions, before, width, height);
            after.AssertErased(before, (f, r, c) => touched[f][r, c], fill, $"{options} {photometric}");
            AssertPeers(file, erased, after, touched, fill, isSmoothing: (width, height) != (8, 8));
        }
    }

    [Theory]
    [MemberData(nameof(ByDecoding))]
    public void Other_frames_are_decoded_and_lose_the_region_and_nothing_else(string options, string photometric, int samples, int allocated, int stored, ulong[] fill)
    {
        var image = new TextImage(photometric, samples, allocated, stored);
        var file = Compress(image, options);
        var isLossless = options.StartsWith("+el", StringComparison.Ordinal) || options == "+e1";
        foreach (var regions in Regions)
        {
            var erased = Erased.Of(file, regions);
            var (before, after) = (Decoded.Of(file), Decoded.Of(erased));
            Assert.Equal(DicomBuilder.ExplicitLittle, after.TransferSyntax);
            var touched = Touched(regions, before, 1, 1);
            after.AssertErased(before, (f, r, c) => touched[f][r, c], fill, $"{options} {photometric}");
            if (isLossless)
            {
                Assert.Equal(image.NativeFrames(), before.Frames);
            }

            using var written = DicomFile.Open(new DicomSource(erased));
            Assert.Equal(isLossless ? null : "01", written.Dataset.GetString(Tags.LossyImageCompression));
        }

        // dcmtk, asked for the same, sees the same pixels around the region.
        var peer = PeerDecoder.Decode("dcmdjpeg", file, options);
        var whole = Decoded.Of(file);
        for (var i = 0; i < whole.Frames[1].Length && (isLossless || allocated == 8) && samples == 1; i++)
        {
            Assert.InRange(Math.Abs(peer.Frames[1][i] - whole.Frames[1][i]), 0, isLossless ? 0 : 2);
        }
    }

    /// <summary>Large letters fill whole blocks, whose mean alone would show them.</summary>
    [Theory]
    [MemberData(nameof(InPlace))]
    [MemberData(nameof(ByDecoding))]
    public void Letters_of_every_size_are_gone(string options, string photometric, int samples, int allocated, int stored, ulong[] fill)
    {
        foreach (var height in (int[])[8, 12, 16, 32, 48, 64, 96])
        {
            var image = new TextImage(photometric, samples, allocated, stored) { Rows = 128, Columns = 208, LetterHeight = height, Frames = 2 };
            var file = Compress(image, options);
            RedactionRegion[] regions = [new RedactionRegion(0, 0, 208, height + 8)];
            var (before, after) = (Decoded.Of(file), Decoded.Of(Erased.Of(file, regions)));
            var (mcuWidth, mcuHeight) = after.TransferSyntax == before.TransferSyntax ? McuOf(file) : (1, 1);
            var touched = Touched(regions, before, mcuWidth, mcuHeight);
            after.AssertErased(before, (f, r, c) => touched[f][r, c], fill, $"{options} {photometric} {height} px");
        }
    }

    [Theory]
    [InlineData(Wrapping.Plain)]
    [InlineData(Wrapping.ExtendedOffsets)]
    [InlineData(Wrapping.BasicOffsets | Wrapping.ExtendedOffsets)]
    [InlineData(Wrapping.Split)]
    [InlineData(Wrapping.BasicOffsets | Wrapping.Split)]
    [InlineData(Wrapping.ExtendedOffsets | Wrapping.Split)]
    [InlineData(Wrapping.BasicOffsets | Wrapping.Split | Wrapping.Holes)]
    public void Offset_tables_say_where_the_new_frames_are(object wrapping)
    {
        var form = (Wrapping)wrapping;
        var image = new TextImage("MONOCHROME2", 1, 8, 8) { Columns = 120 };
        var frames = FramesOf(Compress(image, "+eb"));
        var file = image.ToEncapsulated(Baseline, frames, form);
        RedactionRegion[] regions = [new RedactionRegion(0, 0, 120, 24) { FirstFrame = 2, LastFrame = 3 }];
        var erased = Erased.Of(file, regions);
        OffsetTables.Of(erased).AssertTrue(3, form.HasFlag(Wrapping.BasicOffsets), form.HasFlag(Wrapping.ExtendedOffsets));
        var (before, after) = (Decoded.Of(file), Decoded.Of(erased));
        var touched = Touched(regions, before, 8, 8);
        after.AssertErased(before, (f, r, c) => touched[f][r, c], [0], $"{form}");
        Assert.True(PeerDecoder.AssertAgree(erased, after, 2) > 0);
    }

    [Fact]
    public void A_lossless_frame_in_a_syntax_of_loss_leaves_the_mark_of_loss()
    {
        var image = new TextImage("MONOCHROME2", 1, 8, 8) { Frames = 1 };
        var file = image.ToEncapsulated("1.2.840.10008.1.2.4.51", FramesOf(Compress(image, "+ep")));
        using var written = DicomFile.Open(new DicomSource(Erased.Of(file, new RedactionRegion(0, 0, 5, 5))));
        Assert.Equal("01", written.Dataset.GetString(Tags.LossyImageCompression));
    }

    private static IEnumerable<RedactionRegion[]> Regions =>
    [
        [new RedactionRegion(0, 0, 112, 24)],
        [new RedactionRegion(5, 3, 30, 9) { FirstFrame = 2, LastFrame = 3 }, new RedactionRegion(-9, -9, 9, 9) { Shape = RegionShape.Ellipse }],
        [new RedactionRegion(32, 24, 64, 40) { Outside = true }],
    ];

    /// <summary>The frames of a file with a fragment each.</summary>
    internal static List<byte[]> FramesOf(byte[] file)
    {
        using var opened = DicomFile.Open(new DicomSource(file));
        Assert.True(opened.Dataset.TryGet(Tags.PixelData, out var pixels));
        List<byte[]> frames = [];
        for (var i = 0; i < pixels.Fragments!.Count; i++)
        {
            frames.Add(new byte[pixels.Fragments[i].Length]);
            opened.Source.ReadExactly(pixels.Fragments[i].Offset, frames[i]);
        }

        return frames;
    }

    /// <summary>The image as dcmtk compresses it.</summary>
    internal static byte[] Compress(TextImage image, string options)
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-jpeg-");
        try
        {
            var (input, output) = (Path.Join(folder.FullName, "in.dcm"), Path.Join(folder.FullName, "out.dcm"));
            File.WriteAllBytes(input, image.ToNative());
            var result = Peer.Run("dcmcjpeg", [.. options.Split(' '), input, output]);
            Assert.True(result.ExitCode == 0, result.Error);
            return File.ReadAllBytes(output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int Width, int Height) McuOf(byte[] file)
    {
        var frame = FramesOf(file)[0];
        var at = Math.Max(frame.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0, 0x00]), frame.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC1, 0x00]));
        var components = Enumerable.Range(0, frame[at + 9]).Select(i => frame[at + 11 + (3 * i)]).ToArray();
        return components.Length == 1 ? (8, 8) : (components.Max(c => c >> 4) * 8, components.Max(c => c & 15) * 8);
    }

    /// <summary>For each frame the pixels whose MCU holds an erased one.</summary>
    private static bool[][,] Touched(RedactionRegion[] regions, Decoded image, int width, int height)
    {
        var (rows, columns) = (image.Shape.Rows, image.Shape.Columns);
        return [.. Enumerable.Range(0, image.Frames.Length).Select(frame =>
        {
            var touched = new bool[rows, columns];
            for (var i = 0; i < rows * columns; i++)
            {
                var (row, column) = (i / columns, i % columns);
                if (!Array.Exists(regions, r => RegionOracle.Erases(r, rows, columns, frame, row, column)))
                {
                    continue;
                }

                for (var y = row / height * height; y < Math.Min(rows, (row / height * height) + height); y++)
                {
                    for (var x = column / width * width; x < Math.Min(columns, (column / width * width) + width); x++)
                    {
                        touched[y, x] = true;
                    }
                }
            }

            return touched;
        })];
    }

    private static void AssertPeers(byte[] file, byte[] erased, Decoded after, bool[][,] touched, ulong[] fill, bool isSmoothing)
    {
        if (after.Shape.Samples == 1)
        {
            Assert.Equal(2, PeerDecoder.AssertAgree(erased, after, 2));
            return;
        }

        // Decoders that smooth colors carry them over the edge of a block; those that make RGB of them show black.
        bool? Inner(int frame, int row, int column)
        {
            var reach = isSmoothing ? 2 : 0;
            var own = touched[frame][row, column];
            for (var y = Math.Max(0, row - reach); y <= Math.Min(after.Shape.Rows - 1, row + reach); y++)
            {
                for (var x = Math.Max(0, column - reach); x <= Math.Min(after.Shape.Columns - 1, column + reach); x++)
                {
                    if (touched[frame][y, x] != own)
                    {
                        return null;
                    }
                }
            }

            return own;
        }

        foreach (var decoder in PeerDecoder.Of(after.TransferSyntax))
        {
            var (peerBefore, peerAfter) = (PeerDecoder.Decode(decoder, file, "before"), PeerDecoder.Decode(decoder, erased, "after"));
            peerAfter.AssertErased(peerBefore, Inner, peerAfter.Shape.Photometric == Pacsbin.Imaging.PhotometricInterpretation.Rgb ? [0, 0, 0] : fill, decoder);
        }
    }
}
