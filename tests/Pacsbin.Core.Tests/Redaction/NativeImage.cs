using System.Globalization;

namespace Pacsbin.Tests.Redaction;

/// <summary>A native image of random bits, and where each of its samples lies, told apart from how the product sees it.</summary>
internal sealed record NativeImage(string Photometric, int Samples, int BitsAllocated, int BitsStored, bool IsSigned = false, int Planar = 0)
{
    public Encoded Form { get; init; } = Encoded.ExplicitLittle;

    public bool IsDeflated { get; init; }

    public int Frames { get; init; } = 1;

    public int Rows { get; init; } = 12;

    public int Columns { get; init; } = 18;

    public string Vr { get; init; } = "OW";

    public string Tag { get; init; } = "7FE00010";

    private bool IsSubsampled => Photometric == "YBR_FULL_422";

    /// <summary>The bits of all frames.</summary>
    public long Bits => (long)Frames * Rows * Columns * (IsSubsampled ? 2 : Samples) * BitsAllocated;

    /// <summary>A file with random pixels. Little-endian cells, or as the form's byte order has them.</summary>
    public byte[] ToFile(int seed, out byte[] littleEndian)
    {
        littleEndian = new byte[(Bits + 7) / 8 + ((Bits + 7) / 8 % 2)];
        new Random(seed).NextBytes(littleEndian);
        if (BitsAllocated is 32 or 64 && Tag != "7FE00010")
        {
            for (var i = BitsAllocated / 8 - 1; i < littleEndian.Length; i += BitsAllocated / 8)
            {
                littleEndian[i] = (byte)(i % 2 == 0 ? 0x42 : 0xC1); // ordinary numbers, neither NaN nor infinite
            }
        }

        var builder = new DicomBuilder(Form)
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0")
            .Element(0x00080018, "UI", "1.2.3.40")
            .Element(0x00080060, "CS", "OT")
            .Element(0x0020000D, "UI", "1.2.3.4\0")
            .Element(0x0020000E, "UI", "1.2.3.41")
            .Numbers(0x00280002, "US", Samples)
            .Element(0x00280004, "CS", Photometric.Length % 2 == 0 ? Photometric : Photometric + " ");
        if (Samples > 1)
        {
            builder.Numbers(0x00280006, "US", Planar);
        }

        var frames = Frames.ToString(CultureInfo.InvariantCulture);
        builder.Element(0x00280008, "IS", frames.Length % 2 == 0 ? frames : frames + " ")
            .Numbers(0x00280010, "US", Rows)
            .Numbers(0x00280011, "US", Columns)
            .Numbers(0x00280100, "US", BitsAllocated)
            .Numbers(0x00280101, "US", BitsStored)
            .Numbers(0x00280102, "US", BitsStored - 1)
            .Numbers(0x00280103, "US", IsSigned ? 1 : 0)
            .Numbers(0x00280106, "US", 7)
            .Numbers(0x00280107, "US", 9)
            .Element(uint.Parse(Tag, NumberStyles.HexNumber, CultureInfo.InvariantCulture), Vr, InFileOrder(littleEndian));
        return builder.ToFile(IsDeflated ? DicomBuilder.Deflated : null);
    }

    /// <summary>The bytes of pixel data as a file of this form holds them: PS3.5 7.3 reverses each number of the VR, so the words of OW.</summary>
    public byte[] InFileOrder(byte[] littleEndian)
    {
        var unit = Vr switch { "OW" => 2, "OF" or "OL" => 4, "OD" => 8, _ => 1 };
        var bytes = littleEndian.ToArray();
        for (var i = 0; Form == Encoded.ExplicitBig && i + unit <= bytes.Length; i += unit)
        {
            Array.Reverse(bytes, i, unit);
        }

        return bytes;
    }

    /// <summary>Where a sample starts, in bits from the start of the pixel data of little-endian cells.</summary>
    public long BitOf(int frame, int row, int column, int sample)
    {
        var pixel = ((long)frame * Rows * Columns) + ((long)row * Columns) + column;
        if (IsSubsampled)
        {
            var pair = (((long)frame * Rows * Columns) + ((long)row * Columns) + (column - (column % 2))) * 2;
            return (pair + (sample == 0 ? column % 2 : sample + 1)) * 8;
        }

        return Planar == 1
            ? (((((long)frame * Samples) + sample) * Rows * Columns) + ((long)row * Columns) + column) * BitsAllocated
            : ((pixel * Samples) + sample) * BitsAllocated;
    }

    /// <summary>The cell at a bit, as an unsigned number.</summary>
    public ulong CellAt(ReadOnlySpan<byte> littleEndian, long bit)
    {
        if (BitsAllocated == 1)
        {
            return (ulong)((littleEndian[(int)(bit / 8)] >> (int)(bit % 8)) & 1);
        }

        ulong cell = 0;
        for (var i = (BitsAllocated / 8) - 1; i >= 0; i--)
        {
            cell = (cell << 8) | littleEndian[(int)(bit / 8) + i];
        }

        return cell;
    }
}
