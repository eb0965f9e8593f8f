using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Imaging;

/// <summary>Builds files with pixel data.</summary>
internal sealed record ImageFile(int Rows, int Columns)
{
    public const string Rle = "1.2.840.10008.1.2.5";

    public int Frames { get; init; } = 1;

    public int Samples { get; init; } = 1;

    public int BitsAllocated { get; init; } = 8;

    public int? BitsStored { get; init; }

    public bool IsSigned { get; init; }

    public bool IsPlanar { get; init; }

    public string Photometric { get; init; } = "MONOCHROME2";

    /// <summary>Pixel values of waves, noise and a rectangle, little-endian and color by pixel; as many bits as are stored.</summary>
    public byte[] Wavy(int seed = 1)
    {
        var random = new Random(seed);
        var bits = BitsStored ?? BitsAllocated;
        double span = Math.Pow(2, bits) - 1;
        var cell = BitsAllocated / 8;
        var pixels = new byte[(long)Frames * Rows * Columns * Samples * cell];
        for (var i = 0; i < pixels.Length / cell; i++)
        {
            var (sample, x, y) = (i % Samples, i / Samples % Columns, i / Samples / Columns);
            var wave = 0.5 + (Math.Sin(x / (7.0 + sample)) / 4) + (Math.Cos(y / (5.0 + (2 * sample))) / 4);
            var value = x is > 5 and < 20 && y is > 5 and < 12 ? 1 : Math.Clamp(wave + (random.NextDouble() * 0.05), 0, 1);
            var number = (long)(value * span) - (IsSigned ? 1L << (bits - 1) : 0);
            BitConverter.GetBytes(number).AsSpan(0, cell).CopyTo(pixels.AsSpan(i * cell));
        }

        return pixels;
    }

    /// <summary>A file with native pixel data.</summary>
    public byte[] Native(byte[] pixels, string vr = "OW", uint tag = 0x7FE00010, Encoded form = Encoded.ExplicitLittle, string? syntax = null) =>
        Header(form).Element(tag, vr, [.. pixels, .. new byte[pixels.Length % 2]]).ToFile(syntax);

    /// <summary>A file with pixel data in fragments.</summary>
    public byte[] Encapsulated(string syntax, params byte[][] fragments) =>
        Header(Encoded.ExplicitLittle).Fragments(0x7FE00010, [], Array.ConvertAll(fragments, f => (byte[])[.. f, .. new byte[f.Length % 2]])).ToFile(syntax);

    public static DicomFile Open(byte[] file) => DicomFile.Open(new DicomSource(file));

    private DicomBuilder Header(Encoded form)
    {
        var stored = BitsStored ?? BitsAllocated;
        var builder = new DicomBuilder(form)
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0")
            .Element(0x00080018, "UI", "2.25.1\0\0")
            .Element(0x00080060, "CS", "OT")
            .Numbers(0x00280002, "US", Samples)
            .Element(0x00280004, "CS", Photometric.Length % 2 == 0 ? Photometric : Photometric + " ");
        if (Samples > 1)
        {
            builder.Numbers(0x00280006, "US", IsPlanar ? 1 : 0);
        }

        var frames = Frames.ToString(CultureInfo.InvariantCulture);
        return builder.Element(0x00280008, "IS", frames.Length % 2 == 0 ? frames : frames + " ")
            .Numbers(0x00280010, "US", Rows)
            .Numbers(0x00280011, "US", Columns)
            .Numbers(0x00280100, "US", BitsAllocated)
            .Numbers(0x00280101, "US", stored)
            .Numbers(0x00280102, "US", stored - 1)
            .Numbers(0x00280103, "US", IsSigned ? 1 : 0);
    }
}
