using System.Globalization;
using Pacsbin.Tests.Redaction.Jpeg;

namespace Pacsbin.Tests.Redaction;

/// <summary>How the frames of encapsulated pixel data are found.</summary>
[Flags]
internal enum Wrapping
{
    /// <summary>A fragment for each frame, no table.</summary>
    Plain = 0,
    BasicOffsets = 1,
    ExtendedOffsets = 2,

    /// <summary>Each frame in three fragments.</summary>
    Split = 4,

    /// <summary>Fragments of no bytes between the others.</summary>
    Holes = 8,
}

/// <summary>An image with a line of letters from edge to edge at its top, in any format of PS3.5 section 8.</summary>
internal sealed record TextImage(string Photometric, int Samples, int BitsAllocated, int BitsStored)
{
    public int Planar { get; init; }

    public int Frames { get; init; } = 3;

    public int Rows { get; init; } = 72;

    public int Columns { get; init; } = 112;

    public int LetterHeight { get; init; } = 24;

    public bool IsSigned { get; init; }

    /// <summary>What the file says; null for the bit that <see cref="BitsStored"/> ends with.</summary>
    public int? HighBit { get; init; }

    /// <summary>Written after the pixel attributes, in tag order.</summary>
    public Action<DicomBuilder> Extra { get; init; } = static _ => { };

    public long FrameBits => (long)Rows * Columns * (Photometric == "YBR_FULL_422" ? 2 : Samples) * BitsAllocated;

    /// <summary>The frames as little-endian cells; those of single bits are packed, each from a new byte on.</summary>
    public byte[][] NativeFrames()
    {
        var photo = PpmImage.Photo(Columns, Rows, Samples, LetterHeight, noise: BitsAllocated == 1 ? 60 : 12);
        return [.. Enumerable.Range(0, Frames).Select(frame => NativeFrame(photo, frame))];
    }

    /// <summary>The image uncompressed.</summary>
    public byte[] ToNative()
    {
        byte[] pixels = [.. NativeFrames().SelectMany(f => f)];
        return ToNative(pixels);
    }

    /// <summary>A file with such pixel data, whether or not it fits.</summary>
    public byte[] ToNative(byte[] pixels, string syntax = DicomBuilder.ExplicitLittle) =>
        Header().Element(0x7FE00010, BitsAllocated > 8 ? "OW" : "OB", pixels.Length % 2 == 0 ? pixels : [.. pixels, 0]).ToFile(syntax);

    /// <summary>The image with compressed frames.</summary>
    public byte[] ToEncapsulated(string syntax, IReadOnlyList<byte[]> frames, Wrapping wrapping = Wrapping.Plain)
    {
        List<byte[]> fragments = [];
        List<(long Offset, long Length)> starts = [];
        long offset = 0;
        void Add(byte[] fragment)
        {
            fragments.Add(fragment);
            offset += 8 + fragment.Length;
        }

        foreach (var frame in frames)
        {
            byte[] even = frame.Length % 2 == 0 ? frame : [.. frame, 0];
            starts.Add((offset, even.Length));
            var part = wrapping.HasFlag(Wrapping.Split) ? even.Length / 6 * 2 : even.Length;
            for (var at = 0; at < even.Length; at += Math.Max(2, part))
            {
                Add(even[at..Math.Min(even.Length, at + Math.Max(2, part))]);
            }

            if (wrapping.HasFlag(Wrapping.Holes))
            {
                Add([]);
            }
        }

        var builder = Header();
        if (wrapping.HasFlag(Wrapping.ExtendedOffsets))
        {
            builder.Numbers(0x7FE00001, "OV", [.. starts.Select(s => s.Offset)]).Numbers(0x7FE00002, "OV", [.. starts.Select(s => s.Length)]);
        }

        uint[] table = wrapping.HasFlag(Wrapping.BasicOffsets) ? [.. starts.Select(s => (uint)s.Offset)] : [];
        return DicomBuilder.Part10(syntax, builder.Fragments(0x7FE00010, table, [.. fragments]).ToBytes());
    }

    /// <summary>The image with compressed frames in fragments that a test has cut.</summary>
    public byte[] ToFragments(string syntax, uint[] offsetTable, byte[][] fragments) =>
        DicomBuilder.Part10(syntax, Header().Fragments(0x7FE00010, offsetTable, fragments).ToBytes());

    private DicomBuilder Header()
    {
        var builder = new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.3.1\0") // several frames of any kind
            .Element(0x00080018, "UI", "1.2.3.40")
            .Element(0x00080060, "CS", "OT")
            .Element(0x0020000D, "UI", "1.2.3.4\0")
            .Element(0x0020000E, "UI", "1.2.3.41")
            .Numbers(0x00280002, "US", Samples)
            .Element(0x00280004, "CS", Even(Photometric));
        if (Samples > 1)
        {
            builder.Numbers(0x00280006, "US", Planar);
        }

        builder.Element(0x00280008, "IS", Even(Frames.ToString(CultureInfo.InvariantCulture)))
            .Numbers(0x00280010, "US", Rows)
            .Numbers(0x00280011, "US", Columns)
            .Numbers(0x00280100, "US", BitsAllocated)
            .Numbers(0x00280101, "US", BitsStored)
            .Numbers(0x00280102, "US", HighBit ?? (BitsStored - 1))
            .Numbers(0x00280103, "US", IsSigned ? 1 : 0);
        if (Photometric == "PALETTE COLOR")
        {
            // The darkest color is at the end, so that a fill of zero would be white.
            long[] ramp = [.. Enumerable.Range(0, 256).Select(i => (255L - i) * 257)];
            for (uint tag = 0x00281101; tag <= 0x00281103; tag++)
            {
                builder.Numbers(tag, "US", 256, 0, 16);
            }

            for (uint tag = 0x00281201; tag <= 0x00281203; tag++)
            {
                builder.Numbers(tag, "OW", ramp);
            }
        }

        Extra(builder);
        return builder;
    }

    private byte[] NativeFrame(PpmImage photo, int frame)
    {
        var bytes = new byte[(FrameBits + 7) / 8];
        var pixels = Rows * Columns;
        for (var i = 0; i < photo.Pixels.Length; i++)
        {
            var isLetter = photo.Pixels[i] == 255;
            var value = isLetter ? 255 : (photo.Pixels[i] + (7 * frame)) % 250;
            if (BitsAllocated == 1)
            {
                bytes[i / 8] |= (byte)(value > 128 ? 1 << (i % 8) : 0);
                continue;
            }

            // The lower bits differ too, so that a lost one is seen.
            var wide = isLetter ? (1L << BitsStored) - 1 : BitsStored > 8 ? ((long)value << (BitsStored - 8)) | (uint)(i * 37 % (1 << (BitsStored - 8))) : value >> (8 - BitsStored);
            var cell = Planar == 1 ? (i % Samples * pixels) + (i / Samples) : i;
            for (var b = 0; b < BitsAllocated / 8; b++)
            {
                bytes[(cell * (BitsAllocated / 8)) + b] = (byte)(wide >> (8 * b));
            }
        }

        return bytes;
    }

    private static string Even(string text) => text.Length % 2 == 0 ? text : text + " ";
}
