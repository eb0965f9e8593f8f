using System.Globalization;
using System.Runtime.InteropServices;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Imaging;

/// <summary>A file with one image, made in code; its elements come out in the order of their tags.</summary>
internal sealed class MadeImage
{
    private readonly SortedDictionary<uint, Action<DicomBuilder>> elements = [];

    public MadeImage(int rows, int columns, int bits, string photometric = "MONOCHROME2", int? stored = null, int? high = null, bool isSigned = false, int samples = 1, int frames = 1)
    {
        Text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7");
        Text(0x00080018, "UI", "1.2.3.4");
        Text(0x00080060, "CS", "OT");
        Text(0x0020000D, "UI", "1.2.3");
        Text(0x0020000E, "UI", "1.2.3.1");
        Numbers(0x00280002, "US", samples);
        Text(0x00280004, "CS", photometric);
        if (frames > 1)
        {
            Text(0x00280008, "IS", frames.ToString(CultureInfo.InvariantCulture));
        }

        Numbers(0x00280010, "US", rows).Numbers(0x00280011, "US", columns).Numbers(0x00280100, "US", bits);
        Numbers(0x00280101, "US", stored ?? bits).Numbers(0x00280102, "US", high ?? ((stored ?? bits) - 1)).Numbers(0x00280103, "US", isSigned ? 1 : 0);
    }

    public MadeImage Text(uint tag, string vr, string value) => Add(tag, b => b.Element(tag, vr, value + (value.Length % 2 == 0 ? "" : vr == "UI" ? "\0" : " ")));

    public MadeImage Numbers(uint tag, string vr, params long[] values) => Add(tag, b => b.Numbers(tag, vr, values));

    public MadeImage Bytes(uint tag, string vr, byte[] value) => Add(tag, b => b.Element(tag, vr, value));

    /// <summary>A sequence of items that are made like the image's own elements.</summary>
    public MadeImage Sequence(uint tag, params Action<DicomBuilder>[] items) => Add(tag, b => b.Sequence(tag, undefined: true, items));

    public MadeImage Pixels<T>(params T[] cells)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes<T>(cells).ToArray();
        return Bytes(0x7FE00010, "OW", bytes.Length % 2 == 0 ? bytes : [.. bytes, 0]);
    }

    public byte[] ToBytes()
    {
        var builder = new DicomBuilder();
        foreach (var write in elements.Values)
        {
            write(builder);
        }

        return builder.ToFile();
    }

    public DicomFile Open() => DicomFile.Open(new DicomSource(ToBytes()));

    private MadeImage Add(uint tag, Action<DicomBuilder> write)
    {
        elements[tag] = write;
        return this;
    }
}
