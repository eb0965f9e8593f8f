using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Pacsbin.Tests;

/// <summary>The three encodings of a data set (PS3.5 Annex A).</summary>
internal enum Encoded
{
    ExplicitLittle,
    ImplicitLittle,
    ExplicitBig,
}

/// <summary>Writes DICOM byte by byte and without the product's writer; it pads nothing, sorts nothing and refuses nothing.</summary>
internal sealed class DicomBuilder(Encoded form = Encoded.ExplicitLittle)
{
    public const uint Undefined = 0xFFFFFFFF;
    public const string ExplicitLittle = "1.2.840.10008.1.2.1";
    public const string ImplicitLittle = "1.2.840.10008.1.2";
    public const string ExplicitBig = "1.2.840.10008.1.2.2";
    public const string Deflated = "1.2.840.10008.1.2.1.99";
    public const string JpegBaseline = "1.2.840.10008.1.2.4.50";
    private static readonly HashSet<string> LongVrs = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"];
    private readonly List<byte> bytes = [];

    /// <summary>The transfer syntax UID of the uncompressed, undeflated encoding.</summary>
    public static string UidOf(Encoded form) => form switch
    {
        Encoded.ImplicitLittle => ImplicitLittle,
        Encoded.ExplicitBig => ExplicitBig,
        _ => ExplicitLittle,
    };

    /// <summary>A preamble, "DICM", a group 0002 with a right length and the transfer syntax, and what follows it.</summary>
    public static byte[] Part10(string transferSyntax, byte[] dataset)
    {
        var uid = transferSyntax + (transferSyntax.Length % 2 == 0 ? "" : "\0");
        var rest = new DicomBuilder().Element(0x00020010, "UI", uid).ToBytes();
        var meta = new DicomBuilder().Numbers(0x00020000, "UL", rest.Length).Raw(rest).ToBytes();
        return [.. new byte[128], .. "DICM"u8, .. meta, .. dataset];
    }

    /// <summary>A raw deflate stream (PS3.5 A.5), not padded.</summary>
    public static byte[] Deflate(byte[] dataset)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(dataset);
        }

        return compressed.ToArray();
    }

    /// <summary>What was written so far, without meta group.</summary>
    public byte[] ToBytes() => [.. bytes];

    /// <summary>What was written so far as a file with this encoding's transfer syntax, or a stated one.</summary>
    public byte[] ToFile(string? transferSyntax = null) =>
        Part10(transferSyntax ?? UidOf(form), transferSyntax == Deflated ? Deflate(ToBytes()) : ToBytes());

    /// <summary>Bytes as they are.</summary>
    public DicomBuilder Raw(params byte[] raw)
    {
        bytes.AddRange(raw);
        return this;
    }

    public DicomBuilder Element(uint tag, string vr, params byte[] value) => Header(tag, vr, (uint)value.Length).Raw(value);

    public DicomBuilder Element(uint tag, string vr, string value) => Element(tag, vr, Encoding.Latin1.GetBytes(value));

    /// <summary>Numbers in this encoding's byte order, each as wide as the VR says.</summary>
    public DicomBuilder Numbers(uint tag, string vr, params long[] values)
    {
        var width = vr switch { "US" or "SS" or "OW" => 2, "UL" or "SL" or "OL" => 4, _ => 8 };
        var value = new byte[width * values.Length];
        Span<byte> wide = stackalloc byte[8];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(wide, values[i]);
            var at = value.AsSpan(i * width, width);
            wide[..width].CopyTo(at);
            if (form == Encoded.ExplicitBig)
            {
                at.Reverse();
            }
        }

        return Element(tag, vr, value);
    }

    /// <summary>A private creator and, in its block, elements that <paramref name="block"/> writes.</summary>
    public DicomBuilder Private(uint creatorTag, string creator, Action<DicomBuilder> block)
    {
        Element(creatorTag, "LO", creator);
        block(this);
        return this;
    }

    /// <summary>A sequence whose own length and whose items' lengths are defined or not.</summary>
    public DicomBuilder Sequence(uint tag, bool undefined, params Action<DicomBuilder>[] items) => Sequence(tag, "SQ", undefined, undefined, items);

    public DicomBuilder Sequence(uint tag, string vr, bool undefined, bool undefinedItems, params Action<DicomBuilder>[] items)
    {
        // PS3.5 6.2.2: what is in a UN of undefined length is implicit.
        var content = new DicomBuilder(vr == "UN" ? Encoded.ImplicitLittle : form);
        foreach (var item in items)
        {
            content.Item(undefinedItems, item);
        }

        if (undefined)
        {
            content.TagAndLength(0xFFFEE0DD, 0);
        }

        var inside = content.ToBytes();
        return Header(tag, vr, undefined ? Undefined : (uint)inside.Length).Raw(inside);
    }

    public DicomBuilder Item(bool undefined, Action<DicomBuilder> write)
    {
        var content = new DicomBuilder(form);
        write(content);
        var inside = content.ToBytes();
        TagAndLength(0xFFFEE000, undefined ? Undefined : (uint)inside.Length).Raw(inside);
        return undefined ? TagAndLength(0xFFFEE00D, 0) : this;
    }

    /// <summary>Encapsulated pixel data (PS3.5 A.4).</summary>
    public DicomBuilder Fragments(uint tag, uint[] offsetTable, params byte[][] fragments)
    {
        Header(tag, "OB", Undefined).TagAndLength(0xFFFEE000, (uint)offsetTable.Length * 4);
        foreach (var offset in offsetTable)
        {
            UInt32(offset);
        }

        foreach (var fragment in fragments)
        {
            TagAndLength(0xFFFEE000, (uint)fragment.Length).Raw(fragment);
        }

        return TagAndLength(0xFFFEE0DD, 0);
    }

    /// <summary>An element's header alone, with a length that need not be true.</summary>
    public DicomBuilder Header(uint tag, string vr, uint length)
    {
        if (form == Encoded.ImplicitLittle)
        {
            return TagAndLength(tag, length);
        }

        Tag(tag).Raw(Encoding.Latin1.GetBytes(vr));
        return LongVrs.Contains(vr) ? UInt16(0).UInt32(length) : UInt16((ushort)length);
    }

    public DicomBuilder TagAndLength(uint tag, uint length) => Tag(tag).UInt32(length);

    private DicomBuilder Tag(uint tag) => UInt16((ushort)(tag >> 16)).UInt16((ushort)tag);

    private DicomBuilder UInt16(ushort value) => form == Encoded.ExplicitBig
        ? Raw((byte)(value >> 8), (byte)value)
        : Raw((byte)value, (byte)(value >> 8));

    private DicomBuilder UInt32(uint value) => form == Encoded.ExplicitBig
        ? UInt16((ushort)(value >> 16)).UInt16((ushort)value)
        : UInt16((ushort)value).UInt16((ushort)(value >> 16));
}
