using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>The values that stand in for what action D replaces: legal for the VR, and for the attribute where it has defined terms.</summary>
internal static class DummyValues
{
    private static readonly byte[] Removed = "REMOVED"u8.ToArray();
    private static readonly byte[] TwoZeros = new byte[2];

    /// <summary>A dummy value without padding.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="vr">Its VR; not SQ.</param>
    public static byte[] For(Tag tag, Vr vr) => vr switch
    {
        Vr.DA => "19000101"u8.ToArray(),
        Vr.TM => "000000"u8.ToArray(),
        Vr.DT => "19000101000000"u8.ToArray(),
        Vr.AS => "000Y"u8.ToArray(),
        Vr.DS or Vr.IS => "0"u8.ToArray(),
        Vr.CS when tag.Value == 0x04000565 => "COERCE"u8.ToArray(), // Reason for the Attribute Modification: COERCE or CORRECT
        Vr.UI => "2.25.0"u8.ToArray(),
        Vr.UR => "urn:removed"u8.ToArray(),
        Vr.OB or Vr.UN or Vr.OW or Vr.US or Vr.SS => TwoZeros,
        Vr.UL or Vr.SL or Vr.FL or Vr.OF or Vr.OL or Vr.AT => new byte[4],
        Vr.FD or Vr.OD or Vr.OV or Vr.SV or Vr.UV => new byte[8],
        _ => Removed,
    };

    /// <summary>An encapsulated document of the same kind without content: an empty page for PDF, an empty element for XML, else two zeros.</summary>
    public static byte[] Document(ReadOnlySpan<byte> mimeType) => Encoding.ASCII.GetString(mimeType).ToLowerInvariant() switch
    {
        "application/pdf" => EmptyPdf(),
        "text/xml" => "<removed/>"u8.ToArray(),
        _ => TwoZeros,
    };

    /// <summary>One item for a sequence whose content is replaced.</summary>
    /// <param name="tag">The sequence.</param>
    /// <param name="parent">The data set that holds it.</param>
    public static DicomSequence Sequence(Tag tag, DicomDataset parent)
    {
        var sequence = new DicomSequence();
        var item = new DicomDataset(parent);
        sequence.Items.Add(item);
        switch (tag.Value)
        {
            case 0x0040A730: // Content Sequence: PS3.3 C.17.3, a text that says so
                item.Set(Text(0x0040A010, Vr.CS, "CONTAINS"));
                item.Set(Text(0x0040A040, Vr.CS, "TEXT"));
                item.Set(Nested(0x0040A043, item));
                item.Set(Text(0x0040A160, Vr.UT, "REMOVED"));
                break;
            case 0x0040B020: // Waveform Annotation Sequence: PS3.3 C.10.10
                item.Set(Text(0x00700006, Vr.ST, "REMOVED"));
                item.Set(new DicomElement(new Tag(0x0040A0B0), Vr.US, new byte[] { 1, 0, 0, 0 }));
                break;
            case 0x00700001: // Graphic Annotation Sequence: PS3.3 C.10.5
                item.Set(Text(0x00700002, Vr.CS, "REMOVED"));
                item.Set(new DicomElement(new Tag(0x00700008), Vr.SQ, GraphicText(item)));
                break;
            case 0x0040A073: // Verifying Observer Sequence: PS3.3 C.17.2
                item.Set(Text(0x0040A027, Vr.LO, "REMOVED"));
                item.Set(new DicomElement(new Tag(0x0040A030), Vr.DT, For(new Tag(0x0040A030), Vr.DT)));
                item.Set(Text(0x0040A075, Vr.PN, "REMOVED"));
                item.Set(new DicomElement(new Tag(0x0040A088), Vr.SQ, new DicomSequence()));
                break;
            case 0x00081072: // Operator Identification Sequence: PS3.3 Table 10-1
                item.Set(Nested(0x00401101, item));
                item.Set(new DicomElement(new Tag(0x00080082), Vr.SQ, Sequence(new Tag(0x00080082), item)));
                break;
            case 0x00340001: // Flow Identifier Sequence: PS3.3 C.7.6.27
                item.Set(new DicomElement(new Tag(0x00340002), Vr.OB, TwoZeros));
                break;
            default: // code sequences: PS3.3 Table 8.8-1
                SetCode(item);
                break;
        }

        return sequence;
    }

    private static DicomSequence GraphicText(DicomDataset parent)
    {
        var sequence = new DicomSequence();
        var text = new DicomDataset(parent);
        text.Set(Text(0x00700004, Vr.CS, "DISPLAY"));
        text.Set(Text(0x00700006, Vr.ST, "REMOVED"));
        text.Set(new DicomElement(new Tag(0x00700014), Vr.FL, new byte[8]));
        text.Set(Text(0x00700015, Vr.CS, "N"));
        sequence.Items.Add(text);
        return sequence;
    }

    private static DicomElement Nested(uint tag, DicomDataset parent)
    {
        var sequence = new DicomSequence();
        var code = new DicomDataset(parent);
        SetCode(code);
        sequence.Items.Add(code);
        return new DicomElement(new Tag(tag), Vr.SQ, sequence);
    }

    private static void SetCode(DicomDataset item)
    {
        item.Set(Text(0x00080100, Vr.SH, "REMOVED"));
        item.Set(Text(0x00080102, Vr.SH, "99PACSBIN"));
        item.Set(Text(0x00080104, Vr.LO, "Removed"));
    }

    private static DicomElement Text(uint tag, Vr vr, string value) => new(new Tag(tag), vr, Encoding.ASCII.GetBytes(value));

    private static byte[] EmptyPdf()
    {
        string[] objects =
        [
            "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
            "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
            "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>\nendobj\n",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var table = new StringBuilder("xref\n0 4\n0000000000 65535 f \n");
        foreach (var body in objects)
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"{pdf.Length:D10} 00000 n \n");
            pdf.Append(body);
        }

        var start = pdf.Length;
        pdf.Append(table).Append(System.Globalization.CultureInfo.InvariantCulture, $"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }
}
